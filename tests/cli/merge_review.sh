# what trainers added comes along, once; who gave it has no way in
undertone batch --db a.db samples/accepting.wav 2>/dev/null
undertone user add --db a.db --role admin Dana >/dev/null
sqlite3 a.db "INSERT INTO verdict (content, start_frame, end_frame, reviewer_id, heard)
	SELECT c.content, k.start_frame, k.end_frame, 1, 'resigned' FROM call AS c JOIN closing AS k ON k.call_id = c.id;
	INSERT INTO verdict_tag VALUES (1, 'long-wait')"
undertone merge --into b.db a.db
undertone merge --into b.db a.db
sqlite3 b.db "SELECT heard, tag FROM verdict JOIN verdict_tag ON verdict_id = verdict.id"
sqlite3 b.db "SELECT reviewed FROM review_item"
undertone user list --db b.db | sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}/DAY/g'
undertone check --db b.db
undertone serve --db b.db --listen 127.0.0.1:0 2>&1; echo "exit $?"
