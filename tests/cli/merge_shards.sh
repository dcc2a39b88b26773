# three machines give what one gives; again changes nothing
for i in 0 1 2; do undertone batch -q --shard $i/3 --db $i.db samples/ 2>&1; done
undertone batch -q --db one.db samples/ 2>&1
undertone merge --into all.db 2.db 0.db 1.db | sed 's/[0-9]* failure/N failure/'
undertone merge --into all.db 0.db 1.db 2.db | sed 's/[0-9]* failure/N failure/'
for d in one all; do undertone findings --db $d.db --csv --all | cut -d, -f2- > $d.csv; done
cmp one.csv all.csv && undertone check --db all.db
