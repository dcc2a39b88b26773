# the header of the contract, one row a call with a tone, --all for the rest
undertone batch -q --db x.db samples/ 2>&1
undertone findings --db x.db --csv | head -1
undertone findings --db x.db --csv --all | cut -d, -f2 | sort
undertone findings --db x.db --csv --all | tail -n +2 | wc -l
