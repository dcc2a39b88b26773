undertone score --listen klingon samples/accepting.wav 2>&1; a=$?; UNDERTONE_DATA=/nowhere undertone score --listen en samples/accepting.wav 2>&1; exit $a
