# a full disk must not look like a finished report
undertone help >/dev/full; undertone score --json samples/accepting.wav >/dev/full
