undertone score --customer middle a.wav 2>&1
