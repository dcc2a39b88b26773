echo nonsense >m; undertone score --model m samples/accepting.wav 2>&1; a=$?; undertone score --model gone samples/accepting.wav 2>&1; exit $a
