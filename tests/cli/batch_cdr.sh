# a new row of a CDR makes only the call it speaks of new
mkdir d; cp samples/accepting.wav d/c-1.wav; cp samples/angry.wav d/c-2.wav
cat >config.json <<'JSON'
{ "schema": 1, "default_profile": "generic",
  "file_names": [{ "pattern": "^(?<call_id>c-[0-9]+)[.]wav$" }],
  "cdr": [{ "file": "cdr.csv", "key": { "column": "id", "is": "call_id" }, "fields": { "team": "team" } }] }
JSON
printf 'id,team\nc-1,north\n' >cdr.csv
run() { undertone batch --db a.db --settle 0 --config config.json d 2>&1 | sed "s/([0-9.]* h of audio, [0-9]* x/(N h of audio, N x/"; }
run; run
echo c-2,south >>cdr.csv
run; run
undertone findings --db a.db --csv --limit 0 | cut -d, -f2,4 | sort
