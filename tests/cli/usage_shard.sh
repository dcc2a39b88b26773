undertone batch --shard 3/3 . 2>&1
