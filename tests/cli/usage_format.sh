undertone score --raw-format mulaw a.raw 2>&1; a=$?; undertone score --raw-rate 8000 a.raw 2>&1; exit $a
