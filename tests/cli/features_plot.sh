undertone features --plot a.svg samples/accepting.wav; ls
head -c 60 a.svg; echo; grep -c "<path" a.svg; grep -o ">closing<" a.svg; tail -1 a.svg
undertone features --plot - --channel 1 --from 1 --to 2.5 samples/accepting.wav | grep -o "accepting.wav, channel 1<" | tail -1
undertone features --plot b.svg --from 100 samples/accepting.wav 2>&1; echo $?
undertone features --plot b.svg --channel 5 samples/accepting.wav 2>&1; echo $?
undertone features --plot b.svg nothing.wav 2>&1; echo $?
undertone features --plot gone/b.svg samples/accepting.wav 2>&1; echo $?
undertone features --plot b.svg --frames samples/accepting.wav; echo $?
undertone features --from 3 samples/accepting.wav; echo $?
ls
cp samples/accepting.wav m.wav
for mask in '' ',"masked":[{"start_s":7,"end_s":9}]'; do
	printf '{"schema":1,"customer_channel":"left","customer_kind":"external"%s}' "$mask" >m.json
	undertone features --plot - --channel 0 --from 7.1 --to 8.9 m.wav >m.svg
	grep -c ">masked<" m.svg
	# waveform, F0 and level: is there more than a straight line, or none?
	grep 'stroke-width="[12]"' m.svg | sed 's/.*d="//; s/".*//' |
		awk '{ n = split($0, p, /[ML]/); for (i in p) { split(p[i], c, / /); y[NR, int(c[2])] }
		       k = 0; for (j in y) { split(j, c, SUBSEP); k += c[1] == NR }
		       print (k > 20 ? "moves" : "nothing") }'
done
