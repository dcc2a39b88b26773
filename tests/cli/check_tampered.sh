# the law taken out of the database by another program
undertone batch -q --db x.db samples/ 2>&1
/usr/bin/python3 -c 'import sqlite3; d = sqlite3.connect("x.db"); d.execute("DROP TRIGGER tone_only_of_customer"); d.commit()'
undertone check --db x.db
