undertone features --csv --json samples/accepting.wav 2>&1
