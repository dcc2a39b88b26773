undertone batch -q --db x.db samples/ 2>&1
undertone check --db x.db
undertone check --db x.db --json
