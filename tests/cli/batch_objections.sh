# a customer who said no is left alone before anything is decoded; a call without a notice too
mkdir d; cp samples/accepting.wav d
echo '{"schema": 1, "customer_key": "c-0815", "customer_channel": "left"}' >d/accepting.json
echo 'c-0815' >no.txt
undertone batch --db a.db --objections no.txt --settle 0 d 2>&1
undertone score --objections no.txt d/accepting.wav 2>&1
echo $?
undertone batch --db a.db --require-notice --settle 0 d 2>&1
undertone batch --db a.db --require-notice samples/accepting.wav 2>&1 | sed "s/([0-9.]* h of audio, [0-9]* x/(N h of audio, N x/"
undertone batch --db a.db --objections gone.txt d 2>&1
