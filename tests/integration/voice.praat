# One line a file: name, F0, jitter, shimmer (dB), HNR, F1, F2 of the whole file, as Praat has them.
form Files
	sentence Folder .
endform
list = Create Strings as file list: "list", folder$ + "/*.wav"
n = Get number of strings
for i to n
	selectObject: list
	file$ = Get string: i
	sound = Read from file: folder$ + "/" + file$
	pitch = To Pitch (cc): 0.01, 50, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, 500
	f0 = Get mean: 0, 0, "Hertz"
	selectObject: sound, pitch
	pulses = To PointProcess (cc)
	jitter = Get jitter (local): 0, 0, 0.0001, 0.02, 1.3
	selectObject: sound, pulses
	shimmer = Get shimmer (local_dB): 0, 0, 0.0001, 0.02, 1.3, 1.6
	selectObject: sound
	harmonicity = To Harmonicity (cc): 0.01, 50, 0.1, 2
	hnr = Get mean: 0, 0
	selectObject: sound
	formant = To Formant (burg): 0.01, 4, 4000, 0.025, 50
	f1 = Get mean: 1, 0, 0, "hertz"
	f2 = Get mean: 2, 0, 0, "hertz"
	writeInfo: ""
	appendFileLine: folder$ + "/praat.tsv", file$ - ".wav", tab$, f0, tab$, jitter, tab$, shimmer, tab$, hnr, tab$, f1, tab$, f2
	removeObject: sound, pitch, pulses, harmonicity, formant
endfor
