mkdir in; cp samples/angry.* samples/resigned.* samples/accepting.* in/
undertone batch -q --db x.db --jobs 1 in/ 2>&1
# another recording under the name of one; one that is gone; one that is a pipe now
cp in/resigned.wav in/angry.wav; rm in/accepting.wav
undertone clips --db x.db --out made 2>&1 | sed 's/call [0-9]*:/call N:/' | sort
rm in/angry.wav; mkfifo in/angry.wav
undertone clips --db x.db --out made 2>&1 | sed 's/call [0-9]*:/call N:/' | sort
# a copy elsewhere that is still known is enough
mkdir other; cp samples/angry.* other/
undertone batch -q --db x.db --jobs 1 other/ 2>&1
rm in/resigned.wav
undertone clips --db x.db --out made2 angry.wav; echo "exit $?"
undertone clips --db x.db --out made2 resigned.wav 2>&1 | sed 's/call [0-9]*:/call N:/'
undertone clips --db missing.db --out made2 2>&1; echo "exit $?"
: >file; undertone clips --db x.db --out file 2>&1; echo "exit $?"
