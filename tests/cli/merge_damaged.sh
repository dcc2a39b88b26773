# one damaged call: named and left out, the rest is there, exit 4; a reader that leaves; a batch goes on
undertone batch -q --jobs 1 --db one.db samples/angry.wav samples/resigned.wav samples/accepting.wav 2>&1
/usr/bin/python3 -c 'import sqlite3; d = sqlite3.connect("one.db"); d.execute("UPDATE turn SET party = 7 WHERE call_id = 2 AND n = 1"); d.commit()'
undertone merge --into all.db one.db
echo "= $?"
undertone merge --into all.db one.db
echo "= $?"
undertone check --db all.db
