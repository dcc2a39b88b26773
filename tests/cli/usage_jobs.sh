undertone batch --jobs 0 . 2>&1
