undertone scoer a.wav 2>&1
