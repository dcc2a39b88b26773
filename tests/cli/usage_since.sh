undertone batch --since yesterday . 2>&1
