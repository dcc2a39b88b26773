undertone findings --db none.db 2>&1
