undertone score gone.wav 2>&1
