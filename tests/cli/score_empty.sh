: >empty.wav; undertone score empty.wav 2>&1
