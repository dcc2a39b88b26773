#!/usr/bin/env bash
# The public library: the example says what the program says; faults are errors; nothing but
# undertone_* is visible; the header stands alone in C99 and C++. Prints TAP.
# usage: lib.sh EXAMPLE LIBRARY UNDERTONE SOURCE_ROOT
set -u
example=$(realpath "$1") lib=$(realpath "$2") undertone=$(realpath "$3") root=$(realpath "$4") n=0 bad=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
row() { # NAME STATUS
	n=$((n + 1))
	[ "$2" = 0 ] || bad=1
	echo "$([ "$2" = 0 ] || echo 'not ')ok $n - $1"
}
for s in angry resigned accepting; do
	cp "$root/samples/$s.wav" "$tmp/$s.wav"
	(cd "$tmp" && "$example" "$s.wav" left >"$s.out" && "$undertone" score --json --listen never --customer left "$s.wav" >"$s.said")
	sed -n 2p "$tmp/$s.out" | cmp -s - "$tmp/$s.said"
	row "$s: the JSON of a file is that of undertone score" $?
	sed -n 4p "$tmp/$s.out" | cmp -s - "$tmp/$s.said"
	row "$s: and so is that of its bytes" $?
done
(cd "$tmp" && "$example" angry.wav) >"$tmp/nobody.out" && grep -q 'no closing' "$tmp/nobody.out" && ! grep -q '"tone":{' "$tmp/nobody.out"
row "without a customer there is no tone" $?
echo "this is not a recording" >"$tmp/text.wav"
"$example" "$tmp/text.wav" left 2>"$tmp/err"
[ $? = 1 ] && grep -q 'no_audio' "$tmp/err"
row "what is no recording is an error with its name" $?
"$example" "$tmp/angry.wav" nowhere 2>"$tmp/err"
[ $? = 1 ] && grep -q 'invalid' "$tmp/err"
row "a customer that cannot be is refused" $?
if command -v nm >/dev/null; then
	[ -z "$(nm -D --defined-only "$lib" | awk '$2 ~ /[TDBRVW]/ { print $3 }' | grep -v '^undertone_' | grep -vE '@@LIB|^__')" ]
	row "nothing but undertone_* is visible" $?
fi
printf '#include <undertone.h>\nint main(void) { return undertone_version() == 0; }\n' | tee "$tmp/a.c" >"$tmp/a.cc"
${CC:-cc} -std=c99 -pedantic -Wall -Wextra -Werror -fsyntax-only -I"$root/pipeline/include" "$tmp/a.c"
row "the header in C99" $?
if command -v c++ >/dev/null; then
	c++ -Wall -Wextra -Werror -fsyntax-only -I"$root/pipeline/include" "$tmp/a.cc"
	row "the header in C++" $?
fi
echo "1..$n"
exit $bad
