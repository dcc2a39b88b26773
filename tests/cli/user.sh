# reviewers: a token is shown once, a name is there once, the end is the end
undertone batch --db t.db samples/accepting.wav 2>/dev/null
undertone user add --db t.db --role admin "Dana Levi" >out; echo "exit $?"
sed -E 's/^[A-Za-z0-9_-]{43}$/TOKEN/' out
undertone user add --db t.db דנה | sed -E 's/^[A-Za-z0-9_-]{43}$/TOKEN/'
undertone user add --db t.db "Dana Levi" 2>&1; echo "exit $?"
undertone user end --db t.db "Dana Levi"; echo "exit $?"
undertone user end --db t.db "Dana Levi" 2>&1; echo "exit $?"
undertone user list --db t.db | sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}/DAY/g'
undertone user 2>&1; echo "exit $?"
undertone user add --db t.db 2>&1; echo "exit $?"
undertone user remove x --db t.db 2>&1; echo "exit $?"
undertone user add --db t.db --role owner x 2>&1; echo "exit $?"
grep -c "$(tail -n 1 out)" t.db # the token itself is nowhere
undertone runs --db t.db --audit | grep -o 'user .*'
