mkdir d; : >d/empty.wav; undertone batch --log json --settle 0 --db a.db d 2>&1 | sed "s/\"time\":\"[^\"]*\"/\"time\":\"T\"/"; exit ${PIPESTATUS[0]}
