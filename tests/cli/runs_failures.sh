mkdir d; echo text > d/a.wav; : > d/b.wav
undertone batch -q --db x.db d 2>/dev/null
undertone runs --db x.db --failures
undertone runs --db x.db --json | grep -o '"seen":[0-9]*,"done":[0-9]*,"skipped":[0-9]*,"failed":[0-9]*'
