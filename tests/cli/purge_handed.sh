undertone batch -q --db x.db --jobs 1 samples/ 2>&1
undertone clips --db x.db --out made --format opus >/dev/null; undertone clips --db x.db --out wav >/dev/null
plain() { sed -E "s#$PWD#DIR#; s/call-[0-9]+-[0-9a-f]+/call-N/; s/\([^)]*\)/(...)/"; }
undertone purge --db x.db --call sample-angry --dry-run | plain | sort
ls made wav | wc -l
undertone purge --db x.db --call sample-angry | plain | sort
ls made wav | wc -l
# changed since, or taken away: said, never guessed
n=$(ls made | wc -l)
for f in wav/call-*.wav; do echo more >>"$f"; done
rm made/call-*
undertone purge --db x.db --call sample-resigned | plain | sort; echo "exit ${PIPESTATUS[0]}"
undertone check --db x.db
