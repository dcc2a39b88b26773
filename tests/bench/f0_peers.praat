# Praat's pitch (cross-correlation) of the pitch bench. Run by f0_peers.sh.
form args
  sentence list
  sentence bench
  sentence outdir
endform
strings = Read Strings from raw text file: list$
n = Get number of strings
for i to n
  selectObject: strings
  f$ = Get string: i
  sound = Read from file: bench$ + "/" + f$ + ".flac"
  pitch = To Pitch (cc): 0.01, 50, 15, "no", 0.03, 0.6, 0.01, 0.35, 0.14, 500
  out$ = outdir$ + "/" + f$ + ".csv"
  writeFileLine: out$, "time,f0"
  nf = Get number of frames
  for k to nf
    t = Get time from frame number: k
    v = Get value in frame: k, "Hertz"
    if v = undefined
      v = 0
    endif
    appendFileLine: out$, fixed$ (t, 5), ",", fixed$ (v, 3)
  endfor
  removeObject: sound, pitch
endfor
