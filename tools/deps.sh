#!/usr/bin/env bash
# Installs the Debian packages Undertone needs. usage: deps.sh build|test
# build: to compile and run the program. test: those, and what the tests compare with and drive.
# Why each is here: README.md, "Dependencies".
set -eu
build=(
	gcc libc6-dev meson ninja-build pkg-config
	libfftw3-dev libsndfile1-dev libavformat-dev libavcodec-dev libavutil-dev libswresample-dev
	libsqlite3-dev libjansson-dev libpcre2-dev zlib1g-dev libssl-dev libseccomp-dev libmicrohttpd-dev
	libebur128-dev librubberband-dev
	libpocketsphinx-dev libsphinxbase-dev pocketsphinx-en-us
)
test=(
	clang libclang-rt-14-dev valgrind python3 python3-jsonschema sox libsox-fmt-all ffmpeg sqlite3
	espeak-ng praat asterisk-moh-opsound-wav asterisk-core-sounds-en-wav mandoc
)
case ${1-} in
build) want=("${build[@]}") ;;
test) want=("${build[@]}" "${test[@]}") ;;
*)
	echo "usage: $0 build|test" >&2
	exit 2
	;;
esac
missing=()
for p in "${want[@]}"; do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
done
[ ${#missing[@]} -gt 0 ] || exit 0
as_root=()
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || {
		echo "$0: run as root, or install: ${missing[*]}" >&2
		exit 3
	}
	as_root=(sudo)
fi
echo "installing ${#missing[@]} Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
"${as_root[@]}" apt-get update >"$log" 2>&1 &&
	"${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 || {
	tail -n 20 "$log" >&2
	echo "$0: the packages could not be installed (see above)" >&2
	exit 3
}
rm -f "$log"
