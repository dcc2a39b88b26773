undertone batch --db nowhere/x.db samples 2>&1
