undertone features --frames samples/accepting.wav | head -1 | cut -c1-39; echo ${PIPESTATUS[0]}
