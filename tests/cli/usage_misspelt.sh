undertone score --custmer left a.wav 2>&1
