mkdir d; undertone batch --db a.db d 2>&1
