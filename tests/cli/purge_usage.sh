undertone purge --older-than 90d --call 3 2>&1
undertone purge --older-than 90 2>&1
undertone purge 2>&1
