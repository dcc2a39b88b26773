undertone batch -q --db x.db samples/ 2>&1
undertone purge --db x.db --call sample-angry --dry-run
undertone purge --db x.db --call sample-angry
undertone show --db x.db sample-angry 2>&1 | head -1
undertone purge --db x.db --older-than 36500d
undertone purge --db x.db --customer nobody
undertone check --db x.db
