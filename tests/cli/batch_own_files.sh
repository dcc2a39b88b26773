# the database and its log lie in the folder that is read, and are no recordings
mkdir d; cp samples/angry.wav d/a.wav; touch -d '1 hour ago' d/a.wav; cd d
undertone batch -q --db x.db . 2>&1
undertone batch -q --db x.db . 2>&1
undertone runs --db x.db --json | grep -o '"seen":[0-9]*,"done":[0-9]*,"skipped":[0-9]*,"failed":[0-9]*'
