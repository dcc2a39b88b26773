# what coach cannot be asked
undertone batch -q --jobs 1 --db x.db samples/angry.wav 2>&1
for args in "ranking" "log" "note" "note a b" "note --person a --kind strength x" "--period 0d" "--period 2026-02-30..2026-03-01" \
	"--period 2026-03-02..2026-03-01" "--kind strength" "--person a17" "log --person a --agent b" "--format xml" "--link javascript:x"; do
	undertone coach --db x.db $args 2>&1
	echo "= $?"
done
undertone coach --db none.db 2>&1
echo "= $?"
undertone coach --db x.db --period 2020-01-01..2020-01-31
echo "= $?"
undertone coach --db x.db --agent nobody --period 2020-01-01..2020-01-31 --out page.html --format html && grep -c '<html' page.html
undertone coach --db x.db --out /no/such/folder/x 2>&1
[ ! -e /no ] || echo "a folder was made"
# a pipe or device stays what it is
mkfifo pipe
cat pipe >got &
undertone coach --db x.db --period 2020-01-01..2020-01-31 --out pipe; echo "= $?"
wait
cat got
[ -p pipe ] && echo "still a pipe"
