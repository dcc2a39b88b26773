undertone findings --db '' 2>&1
