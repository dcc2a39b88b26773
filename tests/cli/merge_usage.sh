undertone merge a.db 2>&1
