# who looked, who removed: times and names aside
undertone batch -q --jobs 1 --db x.db samples/angry.wav samples/resigned.wav 2>&1
undertone runs --db x.db --audit
undertone findings --db x.db >/dev/null
undertone show --db x.db sample-angry >/dev/null
undertone purge --db x.db --call sample-angry
undertone runs --db x.db --audit | cut -c22- | sed 's/^[^ ]* /USER /'
undertone runs --db x.db --audit --json -n 1 | grep -o '"action":.*'
undertone runs --db x.db --audit --failures 2>&1
