# files that were handed out come along, once: a purge of the merged database finds them
undertone batch -q --db a.db --jobs 1 samples/angry.wav samples/resigned.wav 2>&1
undertone batch -q --db b.db --jobs 1 samples/accepting.wav 2>&1
undertone clips --db a.db --out made >/dev/null
undertone pack --db a.db --out pack.zip >/dev/null
undertone clips --db b.db --list good --out made >/dev/null
undertone merge --into m.db a.db b.db
undertone merge --into m.db a.db b.db
# the table of the folder is b's now: it was written last
sqlite3 m.db "SELECT count(*), count(DISTINCT handed_out_id) FROM handed_out_call;
	SELECT count(*) FROM handed_out AS h JOIN handed_out_call AS x ON x.handed_out_id = h.id WHERE h.path LIKE '%/manifest.csv'"
sqlite3 b.db "SELECT sha256 FROM handed_out WHERE path LIKE '%/manifest.csv'" >want
sqlite3 m.db "SELECT sha256 FROM handed_out WHERE path LIKE '%/manifest.csv'" | cmp - want
plain() { sed -E "s#$PWD#DIR#; s/call-[0-9]+-[0-9a-f]+/call-N/; s/\([^)]*\)/(...)/"; }
undertone purge --db m.db --call sample-angry | plain | sort
undertone purge --db m.db --call sample-resigned | plain | sort
undertone purge --db m.db --call sample-accepting | plain | sort
ls made pack.zip 2>/dev/null | sed "s/^made://" | sort; [ -e pack.zip ] || echo "no pack"
