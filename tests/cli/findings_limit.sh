undertone batch -q --db x.db samples/ 2>&1
undertone findings --db x.db --json -n 1 | wc -l
undertone findings --db x.db --json --min-score 1 | wc -l
undertone findings --db x.db --limit -1 2>&1
