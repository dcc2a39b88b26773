# whoever reads may leave: a listing ends without a word, a batch goes on to its end
{ sleep 0.5; exec undertone batch --jobs 1 --db x.db --log json samples; } 2>&1 >/dev/null | :
echo "${PIPESTATUS[*]}"
undertone runs --db x.db --json -n 1 | grep -o '"ending":"[a-z]*"'
undertone findings --db x.db --csv --all | wc -l
{ sleep 0.5; exec undertone findings --db x.db --csv --all 2>err; } | :
echo "${PIPESTATUS[*]}"
wc -c <err
