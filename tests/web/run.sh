#!/usr/bin/env bash
# Drives a real browser; says loudly where there is none. usage: run.sh UNDERTONE REVIEW_FILL SOURCE
set -u
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "1..0 # SKIP $1: tools/deps.sh test installs it"; exit 0; }
browser=${CHROMIUM:-$(command -v chromium)} || skip "no Chromium"
command -v node >/dev/null || skip "no node"
[ -d "$here/node_modules/playwright-core" ] && [ -d "$here/node_modules/axe-core" ] ||
	skip "no playwright-core or axe-core in tests/web/node_modules"
CHROMIUM=$browser exec node "$here/web.mjs" "$@"
