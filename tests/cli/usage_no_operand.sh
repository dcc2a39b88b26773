undertone score 2>&1
