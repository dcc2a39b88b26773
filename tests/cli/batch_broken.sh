# one good one, and the broken ones each with its fault; then again
mkdir d; cp samples/accepting.wav d; : >d/empty.wav; echo "no recording" >d/text.wav; head -c 100000 /dev/urandom >d/noise.mp3; ln -s gone d/link.wav
undertone batch --db a.db --settle 0 -j 1 d 2>&1 | sed "s/([0-9.]* h of audio, [0-9]* x/(N h of audio, N x/" | sort; echo ${PIPESTATUS[0]}
undertone batch --db a.db --settle 0 d 2>&1 | sort; exit ${PIPESTATUS[0]}
