#!/usr/bin/env bash
# Calls that may not appear in C sources. usage: banned.sh SOURCE_ROOT
cd "$1" || exit 2
bad=$(grep -RnE --include='*.[ch]' '\b(sprintf|vsprintf|strcpy|strcat|gets|atoi|atol|atof|strtok|alloca|tmpnam|mktemp|system|popen)\s*\(' pipeline dsp classifiers tests |
	grep -vE ':[0-9]+:\s*(/?\*|//)')
[ -z "$bad" ] && exit 0
echo "$bad"
exit 1
