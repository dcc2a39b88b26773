undertone score --profile nobody a.wav 2>&1
