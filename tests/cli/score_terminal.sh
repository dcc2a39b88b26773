printf "x" >"$(printf "evil\\033[31m\\xff.wav")"; undertone score evil* 2>&1 | cat -v; exit ${PIPESTATUS[0]}
