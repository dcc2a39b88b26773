mkdir d; undertone score d 2>&1
