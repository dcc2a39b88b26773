undertone 2>&1 | head -7; exit ${PIPESTATUS[0]}
