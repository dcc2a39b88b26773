# every command explains itself, and the man page has them all
for c in $(undertone help | sed -n "/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p"); do
	undertone $c --help | head -1 | grep -q "^usage: undertone $c" || echo "$c: no help"
	undertone help --man | grep -q "^\.SS \"undertone $c" || echo "$c: not in the man page"
	undertone help --completion | grep -q "$c:-\*)" || echo "$c: not in the completion"
done
undertone help --completion | bash -n && echo done
