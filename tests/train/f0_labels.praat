# Pitch of each clean recording by three of Praat's settings: what f0_train.c takes for the truth.
# usage: praat --run f0_labels.praat LIST_FILE FLAC_FOLDER OUT_FOLDER
form args
  sentence list
  sentence dir
  sentence outdir
endform
strings = Read Strings from raw text file: list$
n = Get number of strings
for i to n
  selectObject: strings
  f$ = Get string: i
  sound = Read from file: dir$ + "/" + f$
  selectObject: sound
  p1 = To Pitch (cc): 0.01, 50, 15, "no", 0.01, 0.40, 0.01, 0.35, 0.14, 600
  selectObject: sound
  p2 = To Pitch (cc): 0.01, 50, 15, "no", 0.02, 0.60, 0.01, 0.35, 0.14, 600
  selectObject: sound
  p3 = To Pitch (ac): 0.01, 60, 15, "no", 0.02, 0.45, 0.01, 0.35, 0.14, 600
  out$ = outdir$ + "/" + f$ + ".csv"
  writeFileLine: out$, "time,cc40,cc60,ac45"
  selectObject: sound
  dur = Get total duration
  nf = floor (dur / 0.005)
  text$ = ""
  for k from 0 to nf
    t = k * 0.005
    selectObject: p1
    a = Get value at time: t, "Hertz", "Linear"
    selectObject: p2
    b = Get value at time: t, "Hertz", "Linear"
    selectObject: p3
    c = Get value at time: t, "Hertz", "Linear"
    if a = undefined
      a = 0
    endif
    if b = undefined
      b = 0
    endif
    if c = undefined
      c = 0
    endif
    text$ = text$ + fixed$(t,3) + "," + fixed$(a,2) + "," + fixed$(b,2) + "," + fixed$(c,2) + newline$
  endfor
  appendFile: out$, text$
  removeObject: sound, p1, p2, p3
endfor
