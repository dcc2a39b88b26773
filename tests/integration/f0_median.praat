# Name, frame and F0 (0: unvoiced) of recordings, a line a frame of 10 ms. The files are named in a list, one a line.
form List
	sentence List list.txt
endform
list = Read Strings from raw text file: list$
n = Get number of strings
for i to n
	selectObject: list
	file$ = Get string: i
	sound = Read from file: file$
	pitch = To Pitch: 0.01, 60, 500
	name$ = replace_regex$ (file$, ".*/", "", 1)
	selectObject: sound
	duration = Get total duration
	selectObject: pitch
	for k from 0 to floor (duration * 100) - 2
		f0 = Get value at time: k / 100, "Hertz", "linear"
		if f0 = undefined
			f0 = 0
		endif
		appendInfoLine: name$, " ", k, " ", f0
	endfor
	removeObject: sound, pitch
endfor
