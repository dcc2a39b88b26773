undertone clips --db x.db 2>&1; echo "exit $?"
undertone clips --db x.db --out o --from yesterday 2>&1; echo "exit $?"
undertone clips --db x.db --out o --format mp3 2>&1; echo "exit $?"
undertone clips --db x.db --out o --fade 500 2>&1; echo "exit $?"
undertone batch -q --db x.db --jobs 1 samples/angry.wav 2>&1
undertone clips --db x.db --out o nobody 2>&1; echo "exit $?"
undertone clips --db x.db --out o --team A angry.wav 2>&1; echo "exit $?"
