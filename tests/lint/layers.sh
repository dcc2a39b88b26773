#!/usr/bin/env bash
# Fails on an include that the architecture does not allow. usage: layers.sh SOURCE_ROOT
# A row: room, then the rooms it may include (its own is always allowed).
set -u
cd "$1" || exit 2
declare -A may=(
	[base]=""
	[isolate]="base"
	[dsp]="base"
	[classifiers]="base dsp"
	[call]="base dsp classifiers"
	[decode]="base"
	[metadata]="base dsp classifiers call"
	[store]="base dsp classifiers call"
	[run]="base isolate dsp classifiers call decode metadata store"
	[report]="base dsp classifiers call store"
	[clip]="base isolate dsp classifiers call metadata store decode report"
	[review]="base isolate dsp classifiers call store report clip"
	[lib]="base isolate dsp classifiers call decode metadata store run report"
	[cli]="base isolate dsp classifiers call decode metadata store run report clip review"
)
# Outside headers with one owner: pattern, then the rooms (or files) that may include it.
owners=(
	"sqlite3\.h|store/"
	"libav[a-z]*/|decode/ clip/"
	"libsw[a-z]*/|decode/ clip/"
	"sndfile\.h|decode/ clip/"
	"fftw3\.h|dsp/"
	"microhttpd\.h|review/"
	"seccomp\.h|isolate/"
	"sys/wait\.h|isolate/"
	"ebur128\.h|clip/"
	"rubberband/|clip/"
	"zip\.h|clip/"
	"signal\.h|isolate/ run/ cli/"
	"pocketsphinx\.h|classifiers/"
	"sphinxbase/|classifiers/"
	"jansson\.h|metadata/ report/ review/ cli/"
	"pcre2\.h|metadata/"
	"zlib\.h|metadata/"
	"linear\.h|classifiers/"
)
bad=0
dir_of() {
	case $1 in
	dsp | classifiers) echo "$1" ;;
	*) echo "pipeline/$1" ;;
	esac
}
for room in "${!may[@]}"; do
	d=$(dir_of "$room")
	[ -d "$d" ] || continue
	while IFS=: read -r file line inc; do
		target=${inc%%/*}
		[ "$target" = "$inc" ] && continue # a header of the same folder or a generated one
		[ -n "${may[$target]+x}" ] || continue
		[ "$target" = "$room" ] && continue
		case " ${may[$room]} " in
		*" $target "*) ;;
		*)
			echo "$file:$line: $room may not include $inc"
			bad=1
			;;
		esac
	done < <(grep -RnoP --include='*.[ch]' '^\s*#\s*include\s*"\K[^"]+' "$d")
done
for row in "${owners[@]}"; do
	pattern=${row%%|*} allowed=${row#*|}
	while IFS=: read -r file line _; do
		ok=0
		for a in $allowed; do
			case $file in *"$a"*) ok=1 ;; esac
		done
		[ $ok = 1 ] || {
			echo "$file:$line: $pattern belongs to $allowed"
			bad=1
		}
	done < <(grep -RnE --include='*.[ch]' "^\s*#\s*include\s*<($pattern)" pipeline dsp classifiers)
done
# argv and the environment belong to cli/; only cli/ and run/ log, print or exit.
while IFS=: read -r file line what; do
	case $file in pipeline/cli/* | pipeline/run/* | pipeline/base/log.*) continue ;; esac
	echo "$file:$line: only cli/ and run/ may: $what"
	bad=1
done < <(grep -RnE --include='*.c' '\b(getenv|secure_getenv|printf|puts|exit|ut_log)\(' pipeline dsp classifiers |
	grep -vE ':[0-9]+:\s*(/?\*|//)')
exit $bad
