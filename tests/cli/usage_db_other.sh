head -c 8192 /dev/zero | tr "\\0" x >other.db; undertone batch --db other.db samples 2>&1
