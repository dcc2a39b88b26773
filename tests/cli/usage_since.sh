undertone batch --since 2026-02-30 . 2>&1; echo "exit $?"
undertone batch --since 2026-11-31T08:00 . 2>&1; echo "exit $?"
undertone batch --since yesterday . 2>&1
