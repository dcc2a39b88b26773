# a case of four calls, a customer of two without a case, a call that stands alone
mkdir day
call() { # SAMPLE NAME JSON: the sample under another name, one byte of its end changed
	head -c -1 "samples/$1" >"day/$2.wav"
	printf %s "${2: -1}" >>"day/$2.wav"
	printf '{"schema":1,"customer_channel":"left","agent_channel":"right",%s}' "$3" >"day/$2.json"
}
call accepting.wav a1 '"call_id":"1","case_id":"K-17","customer_key":"c-5","queue":"front","direction":"inbound","start_time":"2026-03-02T10:40:00+02:00"'
call resigned.wav a2 '"call_id":"2","case_id":"K-17","customer_key":"c-5","queue":"claims","direction":"inbound","start_time":"2026-03-02T08:41:10Z","hold":[{"start_s":19.1,"end_s":20.9}]'
call angry.wav a3 '"call_id":"3","case_id":"K-17","customer_key":"c-5","queue":"claims","direction":"inbound","start_time":"2026-03-02T13:00:00+02:00"'
call accepting.wav a4 '"call_id":"4","case_id":"K-17","customer_key":"c-5","queue":"back office","direction":"outbound","start_time":"2026-03-06T09:00:00+02:00"'
call accepting.wav b5 '"call_id":"5","customer_key":"c-9","start_time":"2026-03-02T10:00:00Z"'
call hebrew.wav b6 '"call_id":"6","customer_key":"c-9","language":"he"'
call angry.wav c7 '"call_id":"7","case_id":"K-18"'
scores() { sed -E 's/ [a-z]+, [0-9]+ %/ LABEL, N %/; s/[0-9]+ % not/N % not/; s/"label":"[a-z]*","rank":[0-9.]+/"label":"LABEL","rank":N/g'; }
undertone journey --db none.db 2>&1 | sed 's/:.*//'
undertone batch -q -j1 --settle 0 --db x.db day/a1.wav day/a2.wav day/a3.wav day/a4.wav day/b5.wav day/b6.wav day/c7.wav 2>&1
undertone journey --db x.db --case K-17 | scores
echo
undertone journey --db x.db | scores
echo
undertone journey --db x.db --worst 1 --by wait --json | scores
echo
undertone journey --db x.db --customer c-5 | head -1
undertone journey --db x.db --customer c-7 2>&1
echo "exit $?"
undertone journey --db x.db --customer c-5 --case K-17 2>&1
echo "exit $?"
sqlite3 x.db "EXPLAIN QUERY PLAN SELECT id FROM call WHERE case_id = 'K-17'" | tail -1
undertone runs --audit --db x.db | head -1 | cut -c22-
