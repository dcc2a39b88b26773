# a vCon handed in as the recording: inside it (plain, signed and compressed), beside it, or elsewhere
b64() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
vcon() { # CONTENT of the dialog
	printf '{"uuid":"u-1","created_at":"2026-03-02T10:40:00Z","extensions":["CC"],"parties":[{"role":"agent"},{"role":"customer"}],"dialog":[{"type":"recording","start":"2026-03-02T10:40:00Z","parties":[1,0],"interaction_id":"i-7",%s}]}' "$1"
}
vcon "\"mediatype\":\"audio/x-wav\",\"encoding\":\"base64url\",\"body\":\"$(b64 <samples/angry.wav)\"" >inside.vcon
printf '{"payload":"%s","signatures":[]}' "$(gzip -nc inside.vcon | b64)" >signed.vcon
hash=$(printf '%b' "$(sha512sum <samples/angry.wav | cut -d' ' -f1 | sed 's/../\\x&/g')" | b64)
vcon '"url":"https://rec.example/r/angry.wav","content_hash":"sha512-'"$hash"'"' >elsewhere.vcon.json
echo '{"ciphertext":"x","recipients":[]}' >secret.vcon
say() { grep -o '"sha256":"[^"]*"\|"source":"[^"]*"\|"label":"[^"]*"\|"call_id":"[^"]*"'; }
for f in inside.vcon signed.vcon; do
	echo "$f"
	undertone score --json $f | say
done
for f in elsewhere.vcon.json secret.vcon; do
	undertone score $f 2>&1 || echo "exit $?"
done
cp samples/angry.wav . # the file that it names is there now
undertone score --json elsewhere.vcon.json | say
# in a folder a vCon is its own recording, or the sidecar of the one beside it; the same audio is one
mkdir night
mv inside.vcon angry.wav night
mv elsewhere.vcon.json night/angry.vcon.json
undertone batch -q --settle 0 --db x.db night 2>&1
undertone findings --db x.db --csv | cut -d, -f2,5
undertone batch --settle 0 --db x.db night 2>&1 | sed 's/;.*//'
# beside its recording it may hold a transcript, whose parties are those of the vCon, or none
mv night/angry.vcon.json night/angry.wav .
undertone score --json angry.wav | grep -o '"found_by":[^,]*,"phrase":[^,]*\|"problems".*'
words='[{"party":1,"start":18.9,"end":20.0,"text":"okay I understand"},{"party":0,"start":21.9,"end":22.5,"text":"okay I understand"}]'
sed "s/}\$/,\"analysis\":[{\"type\":\"transcript\",\"dialog\":0,\"vendor\":\"X\",\"encoding\":\"json\",\"body\":$words}]}/" angry.vcon.json >t && mv t angry.vcon.json
undertone score --json angry.wav | grep -o '"found_by":[^,]*,"phrase":[^,]*\|"problems".*'
