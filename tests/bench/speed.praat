# A voice report of one recording, every channel: pitch (autocorrelation), pulses, jitter, shimmer,
# HNR. Prints the seconds of audio.
form File
	sentence File call.wav
endform
sound = Read from file: file$
n = Get number of channels
seconds = Get total duration
for c to n
	selectObject: sound
	channel = Extract one channel: c
	pitch = To Pitch: 0.01, 75, 500
	selectObject: channel, pitch
	pulses = To PointProcess (cc)
	selectObject: channel, pitch, pulses
	report$ = Voice report: 0, 0, 75, 500, 1.3, 1.6, 0.03, 0.45
	removeObject: channel, pitch, pulses
endfor
writeInfoLine: seconds * n
