#!/usr/bin/env bash
# Installs the Debian packages Undertone needs. usage: deps.sh build|test
# build: to compile and run the program. test: those, and what the tests compare with and drive.
# Why each is here: README.md, "Dependencies".
set -eu
build=(
	gcc libc6-dev meson ninja-build pkg-config
	libfftw3-dev libsndfile1-dev libavformat-dev libavcodec-dev libavutil-dev libswresample-dev
	libsqlite3-dev libjansson-dev libpcre2-dev zlib1g-dev libssl-dev libseccomp-dev libmicrohttpd-dev
	libebur128-dev librubberband-dev libzip-dev
	libpocketsphinx-dev libsphinxbase-dev pocketsphinx-en-us
)
test=(
	clang libclang-rt-14-dev valgrind python3 python3-jsonschema sox libsox-fmt-all ffmpeg sqlite3
	espeak-ng praat asterisk-moh-opsound-wav asterisk-core-sounds-en-wav mandoc
	chromium
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
# The browser's driver and the accessibility checker, as tests/web/package-lock.json pins them. They
# need node (18 or newer) and npm, from Debian unless the machine has its own.
web() {
	[ "$1" = test ] || return 0
	local here
	here=$(cd "$(dirname "$0")/../tests/web" && pwd)
	[ -d "$here/node_modules/playwright-core" ] && [ -d "$here/node_modules/axe-core" ] && return 0
	(cd "$here" && npm ci --no-audit --no-fund --ignore-scripts >/dev/null 2>&1) ||
		echo "$0: npm could not fetch playwright-core and axe-core; the suite web will skip" >&2
}
if [ "$1" = test ]; then
	for p in nodejs npm; do
		command -v "${p/nodejs/node}" >/dev/null || missing+=("$p")
	done
fi
[ ${#missing[@]} -gt 0 ] || {
	web "$1"
	exit 0
}
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
web "$1"
