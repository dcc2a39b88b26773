# what serve does not do: listen where others can come in, or for nobody
undertone serve --db none.db 2>&1; echo "exit $?"
undertone batch --db t.db samples/accepting.wav 2>/dev/null
undertone serve --db t.db 2>&1; echo "exit $?"
undertone user add --db t.db x >/dev/null
undertone serve --db t.db --listen 0.0.0.0:8321 2>&1; echo "exit $?"
undertone serve --db t.db --listen '[::]:8321' 2>&1; echo "exit $?"
undertone serve --db t.db --listen 8321 2>&1; echo "exit $?"
undertone serve --db t.db --listen 127.0.0.1:99999 2>&1; echo "exit $?"
undertone serve --db t.db --listen 127.0.0.1:0 --behind-proxy '' 2>&1; echo "exit $?"
# it comes up, and goes at a signal
undertone serve --db t.db --listen 127.0.0.1:0 >out 2>&1 &
server=$!
for _ in $(seq 100); do
	[ -s out ] && break
	sleep 0.1
done
sed -E 's/:[0-9]+\//:PORT\//' out
kill -TERM $server
wait $server
echo "exit $?"
