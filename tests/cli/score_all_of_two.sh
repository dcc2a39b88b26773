# "all channels are the customer's", but two voices: one of them is an agent's, and gets no tone
cp samples/accepting.wav two.wav
undertone score --json --customer all two.wav | grep -oE '"party":"[a-z]*","kind":"[a-z]*","verified":[a-z]*|"closing":null|"tone":\{|"code":"[a-z_]*"'
