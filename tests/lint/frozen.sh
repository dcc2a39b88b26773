#!/usr/bin/env bash
# A landed migration never changes: databases in the field have gone through it as it was. Every file
# named in schemas/FROZEN has its SHA-256; every migration but the newest is named there.
# usage: frozen.sh SOURCE_ROOT
cd "$1/schemas" || exit 2
bad=0
sha256sum --quiet --check FROZEN || {
	echo "a migration is frozen once it has landed: put the change into a new NNNN-NAME.sql"
	bad=1
}
files=([0-9][0-9][0-9][0-9]-*.sql)
for f in "${files[@]::${#files[@]}-1}"; do
	grep -q "  $f\$" FROZEN || { echo "not in FROZEN: $f (sha256sum $f >> FROZEN)"; bad=1; }
done
while read -r _ f; do
	[ -f "$f" ] || { echo "gone: $f"; bad=1; }
done <FROZEN
exit $bad
