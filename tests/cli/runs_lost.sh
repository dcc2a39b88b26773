# a run whose process was killed is said to be lost by the next one
undertone batch -q --db x.db samples/angry.wav 2>&1
true & pid=$!; wait $pid
/usr/bin/python3 -c 'import sqlite3, sys, socket; d = sqlite3.connect("x.db"); d.execute("INSERT INTO run (command, options, program, model, host, pid) VALUES (?,?,?,?,?,?)", ("batch", "{}", "0", "0", socket.gethostname(), int(sys.argv[1]))); d.execute("INSERT INTO run (command, options, program, model, host, pid) VALUES (?,?,?,?,?,?)", ("batch", "{}", "0", "0", "another-machine", int(sys.argv[1]))); d.commit()' $pid
undertone runs --db x.db | cut -c1-4,27-38
undertone batch -q --db x.db samples/angry.wav 2>&1
undertone runs --db x.db | cut -c1-4,27-38
