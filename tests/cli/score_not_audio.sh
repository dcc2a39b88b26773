echo "this is no recording" >a.wav; undertone score a.wav 2>&1
