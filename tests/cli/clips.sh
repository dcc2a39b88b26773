undertone batch -q --db x.db --jobs 1 samples/ 2>&1
undertone clips --db x.db --out made --label resigned --format flac
cut -d, -f1-8,14 made/manifest.csv
ls made | sed 's/[0-9a-f]*\./HASH./' | sort -u
# once more: nothing is made twice; half a file is made again
undertone clips --db x.db --out made --label resigned --format flac
for f in made/*.flac; do : >"$f"; done
undertone clips --db x.db --out made --label resigned --format flac
# the same calls again are the same bytes
undertone clips --db x.db --out again --label resigned --format opus --disguise
undertone clips --db x.db --out again2 --label resigned --format opus --disguise
for f in again/*.opus; do cmp "$f" "again2/${f#again/}" && echo same; done
undertone clips --db x.db --out named sample-angry --before 3 --after 1 --channel customer
cut -d, -f4-8 named/manifest.csv
# nothing of a person in a name
find made named again | grep -iE 'maya|agent|cust|sample' | grep -v '^named$'
# an employee's call has no closing: its end, and no tone; and no channel of a customer
undertone clips --db x.db --out staff internal.opus
cut -d, -f6-12 staff/manifest.csv
undertone clips --db x.db --out staff internal.opus --channel customer 2>&1 | sed 's/call [0-9]*/call N/'
undertone clips --db x.db --out none --label abstain --reviewed yes
undertone runs --db x.db --audit | grep export | sed 's/^[^ ]*  [^ ]*  //' | head -3
