undertone batch -0 . 2>&1
