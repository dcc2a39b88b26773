#!/usr/bin/env bash
# Builds dsp/ and classifiers/ for arm64 with Debian's cross compiler and runs their unit tests under
# qemu. usage: arm64.sh [FOLDER]   (FOLDER is kept: packages, objects, programs; default: a new one)
# Needs gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user-static; the libraries' arm64
# packages are fetched with apt into FOLDER and unpacked there, so nothing else is installed and no
# architecture added. TAP; exits 77 (skipped) where something is missing.
set -u
source=$(cd "$(dirname "$0")/.." && pwd)
skip() {
	echo "1..0 # SKIP $1"
	exit 77
}
cc=$(command -v aarch64-linux-gnu-gcc) || skip "no aarch64-linux-gnu-gcc (Debian: gcc-aarch64-linux-gnu)"
qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64) ||
	skip "no qemu-aarch64 (Debian: qemu-user-static)"
[ -e /usr/aarch64-linux-gnu/include/stdio.h ] || skip "no libc6-dev-arm64-cross"
if [ $# -gt 0 ]; then
	mkdir -p "$1" || exit 2
	dir=$(realpath "$1")
else
	dir=$(mktemp -d) || exit 2
	trap 'rm -rf "$dir"' EXIT
fi
packages=(libfftw3-dev libfftw3-single3 libssl-dev libssl3 libpocketsphinx-dev libpocketsphinx3
	libsphinxbase-dev libsphinxbase3 libblas3 liblapack3 libgfortran5 libgcc-s1)
root=$dir/root triplet=aarch64-linux-gnu
if [ ! -e "$root/whole" ]; then
	mkdir -p "$root" "$dir"/apt/{lists/partial,cache/archives/partial} && cd "$dir/apt" || exit 2
	apt=(apt-get -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State::lists=lists
		-o Dir::Cache=cache -o Dir::State::status=/dev/null -o Debug::NoLocking=1)
	"${apt[@]}" -qq update >log 2>&1 && "${apt[@]}" -qq download "${packages[@]}" >>log 2>&1 || {
		sed 's/^/# /' log
		skip "the arm64 packages cannot be fetched here"
	}
	for p in *.deb; do dpkg-deb -x "$p" "$root" || exit 2; done
	touch "$root/whole"
fi
mkdir -p "$dir/out" && cd "$dir/out" || exit 2
for link in blas:libblas.so.3 lapack:liblapack.so.3; do # alternatives link these when installed
	ln -sf "${link%:*}/${link#*:}" "$root/usr/lib/$triplet/${link#*:}"
done
# as meson.build has them
warn=(-Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef)
flags=(-std=gnu17 -O2 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -ffp-contract=off -fPIC "${warn[@]}"
	-I"$source" -I"$source/pipeline" -I"$source/tests" -I"$source/dsp" -I.
	-isystem "$root/usr/include" -isystem "$root/usr/include/$triplet"
	-isystem "$root/usr/include/pocketsphinx" -isystem "$root/usr/include/sphinxbase"
	-isystem "$root/usr/include/$triplet/sphinxbase")
libs=(-L"$root/usr/lib/$triplet" -Wl,-rpath-link,"$root/usr/lib/$triplet" -lpocketsphinx -lsphinxbase
	-lfftw3f -lcrypto -lm -lpthread)
sh "$source/classifiers/models/embed.sh" "$source/classifiers/models/default.model" >default_model.h ||
	exit 2
fast=(-O3 -fno-math-errno -fopenmp-simd)
for c in "$source"/pipeline/base/*.c "$source"/dsp/*.c "$source"/classifiers/*.c; do
	more=()
	[ "${c%/dsp/*}" = "$c" ] || more=("${fast[@]}")
	echo "$c ${more[*]}"
done | xargs -P "${UT_JOBS:-2}" -I{} sh -c '
	set -- {}; c=$1; shift; o=$(basename "$(dirname "$c")")-$(basename "$c" .c).o
	"$0" '"$(printf '%q ' "${flags[@]}")"' "$@" -c "$c" -o "$o" || { echo "# failed: $c"; exit 255; }' "$cc" ||
	exit 1
rm -f libut.a && aarch64-linux-gnu-ar rcs libut.a base-*.o dsp-*.o classifiers-*.o || exit 1
# the unit tests that need no other room
tests=$(sed -n "s/^  '\([a-z0-9_]*\)': \[\(base\|dsp\|classifiers\)_dep\],.*/\1/p" \
	"$source/tests/unit/meson.build")
n=0 bad=0
for t in $tests engine; do
	n=$((n + 1)) wrap=()
	[ "$t" = engine ] && wrap=(-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc)
	if "$cc" "${flags[@]}" "$source/tests/unit/test_$t.c" -o "test_$t" libut.a "${wrap[@]}" "${libs[@]}" \
		>"$t.log" 2>&1 &&
		UT_SOURCE=$source "$qemu" -L /usr/aarch64-linux-gnu \
			-E "LD_LIBRARY_PATH=$root/usr/lib/$triplet:$root/lib/$triplet" "./test_$t" >>"$t.log" 2>&1; then
		echo "ok $n - $t ($(grep -c '^ok' "$t.log") rows)"
	else
		echo "not ok $n - $t"
		grep -v '^ok' "$t.log" | head -20 | sed 's/^/# /'
		bad=1
	fi
done
echo "1..$n"
exit $bad
