undertone findings --json --csv 2>&1
