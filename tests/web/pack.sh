#!/usr/bin/env bash
# Makes a workshop pack of the samples, in both languages, as folder and as zip, and opens it in a
# real browser without a network (pack.mjs). usage: pack.sh PROGRAM SAMPLES [SCREENSHOT_DIR]
set -u
program=$(realpath "$1") samples=$(realpath "$2") shots=${3-}
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "1..0 # SKIP $1: tools/deps.sh test and \`npm ci\` in tests/web install it"; exit 0; }
BROWSER=${CHROMIUM:-$(command -v chromium)} || skip "no Chromium"
export BROWSER
command -v node >/dev/null || skip "no node"
[ -d "$here/node_modules/playwright-core" ] && [ -d "$here/node_modules/axe-core" ] ||
	skip "no playwright-core or axe-core in tests/web/node_modules"
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/in" && cp "$samples"/*.wav "$samples"/*.opus "$samples"/*.json "$tmp/in" && rm "$tmp/in/expected.json"
# a masked stretch inside an excerpt; what reviewers wrote, with everything that could break a page
sed -i 's/^{/{ "masked": [{ "start_s": 12, "end_s": 14.5 }],/' "$tmp/in/angry.json"
"$program" batch -q --db "$tmp/x.db" "$tmp/in" >/dev/null 2>&1
sqlite3 "$tmp/x.db" <<'SQL'
INSERT INTO reviewer (name, role, token) VALUES ('<script>alert(1)</script>', 'trainer', printf('%064d', 1)),
	('נועה', 'trainer', printf('%064d', 2));
INSERT INTO verdict (content, start_frame, end_frame, reviewer_id, heard, note)
	SELECT content, start_frame, end_frame, 1, 'angry', '<img src=x onerror=alert(1)> "said" & <b>three</b> times'
	FROM call JOIN closing ON call_id = call.id WHERE call_key = 'sample-angry';
INSERT INTO verdict_tag SELECT max(id), 'no-answer' FROM verdict;
INSERT INTO verdict (content, start_frame, end_frame, reviewer_id, heard, note)
	SELECT content, start_frame, end_frame, 2, 'accepting', 'נשמע מרוצה בסוף'
	FROM call JOIN closing ON call_id = call.id WHERE call_key = 'sample-accepting';
INSERT INTO verdict_tag SELECT max(id), 'good-recovery' FROM verdict;
SQL
printf 'What did the customer ask for?\nמה היה אפשר לומר במקום?\n' >"$tmp/ask.txt"
cd "$tmp" || exit 2
"$program" pack --db x.db --out en --prompts ask.txt --names >/dev/null &&
	"$program" pack --db x.db --out he.zip --prompts ask.txt --language he --disguise --format opus >/dev/null &&
	python3 -m zipfile -e he.zip . || exit 2
bad=0
for lang in en he; do
	echo "# $lang"
	node "$here/pack.mjs" "$lang" "$lang" ${shots:+"$shots"} || bad=1
done
exit $bad
