# by number, by call id, by the end of a path; and what names nothing
undertone batch -q --db x.db samples/ 2>&1
undertone show --db x.db sample-internal | head -1
undertone show --db x.db internal.opus | sed -n 1p
undertone show --db x.db --json angry.wav | grep -o '"stored":{"call":[0-9]*' | sed 's/[0-9]*$/N/'
undertone show --db x.db nonsense 2>&1
