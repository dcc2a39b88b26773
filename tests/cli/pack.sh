mkdir in; cp samples/*.wav samples/*.opus samples/*.json in/; rm in/expected.json
undertone batch -q --db x.db --jobs 1 in/ 2>&1
printf 'What did the customer ask for?\n\nמה היה אפשר לומר במקום?\n' >ask.txt
undertone pack --db x.db --out p --bad 2 --good 1 --prompts ask.txt --title 'Autumn <b>'
(cd p; find . -type f | sed 's/call-[0-9]*/call-N/' | sort; sed -E 's/[0-9]+\.[0-9],/S,/; s/[Cc]all([ -])[0-9]+/call\1N/' playlist.m3u8
cut -d, -f1,7,8 calls.csv; head -1 calls.csv)
# words that must be there, and what must not
grep -c 'The model alone says so' p/index.html
grep -c 'Autumn &lt;b&gt;' p/index.html
grep -o 'What did the customer ask for?' p/index.html p/handout.html | sort | uniq -c
grep -liE 'sample-|a23|south|<script|https?://' p/*.html p/*.csv p/*.m3u8; echo "none of it: $?"
grep -cE 'angry</span>|unconfirmed' p/handout.html
# the same as one file, the same bytes twice, in Hebrew
undertone pack --db x.db --out a.zip --language he --disguise --format opus
mkdir again; undertone pack --db x.db --out again/a.zip --language he --disguise --format opus
cmp a.zip again/a.zip && echo same
# named calls, one without a tone; with names
undertone pack --db x.db --out named sample-angry internal.opus --names
cut -d, -f1,4,5,6 named/calls.csv; sed 's/.*,//' named/calls.csv
grep -c '<bdi>a23</bdi>' named/index.html
# nothing is written over
undertone pack --db x.db --out p 2>&1; echo "exit $?"
undertone pack --db x.db --out a.zip 2>&1; echo "exit $?"
undertone pack --db x.db 2>&1; echo "exit $?"
undertone pack --db x.db --out q --prompts missing.txt 2>&1; echo "exit $?"
printf '\377\n' >bad.txt; undertone pack --db x.db --out q --prompts bad.txt 2>&1; echo "exit $?"
# a recording that is gone is named, the others are in
rm in/angry.wav
undertone pack --db x.db --out rest --good 0 2>&1 | sed 's/call [0-9]*/call N/'
undertone runs --db x.db --audit | grep export | sed 's/^[^ ]*  [^ ]*  //' | head -2
# a pack goes as a whole
echo 'my notes' >p/notes.txt
undertone purge --db x.db --call sample-angry | sed -E "s#$PWD#DIR#; s/\([^)]*\)//" | grep -c '^deleted'
ls p; ls named rest a.zip 2>&1
