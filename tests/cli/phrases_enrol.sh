# examples of a phrase out of recordings, more of them later, and a call in which it is heard
undertone phrases enrol --language he --phrase הבנתי 2>&1; echo $?
undertone phrases enrol --language he --phrase הבנתי --out our.examples samples/hebrew.wav 2>&1; echo $?
undertone phrases enrol --language he --phrase הבנתי --out our.examples --channel 0 samples/hebrew.wav 2>&1; echo $?
undertone phrases enrol --language he --phrase הבנתי --out our.examples --channel 7 samples/hebrew.wav nowhere.wav 2>&1; echo $?
ls our.examples 2>&1
for v in m3 f2; do espeak-ng -v he+$v -w $v.wav 'הבנתי' 2>&1; done
undertone phrases enrol --language he --phrase הבנתי --out our.examples m3.wav 2>&1; echo $?
undertone phrases enrol --language he --phrase הבנתי --out our.examples f2.wav samples/README.md 2>&1; echo $?
undertone phrases check our.examples
undertone phrases list our.examples
undertone phrases enrol --language he --phrase 'a | b' --out our.examples m3.wav 2>&1; echo $?
undertone phrases enrol --language 'he brew' --phrase x --out our.examples m3.wav 2>&1; echo $?
head -c 3000 our.examples >cut.examples
undertone score --examples cut.examples samples/hebrew.wav 2>&1; echo $?
undertone score --examples our.examples --json samples/hebrew.wav | grep -o '"found_by":"[a-z]*","phrase":[^,]*'
UNDERTONE_EXAMPLES=our.examples undertone score --json samples/hebrew.wav | grep -o '"found_by":"[a-z]*","phrase":[^,]*'
# a transcript beside it that no speaker of is a party, or that cannot be read, is no reason not to listen; one of the customer's is
cp samples/hebrew.* .
printf 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Bob>x\n' >hebrew.vtt
undertone score --examples our.examples --json hebrew.wav | grep -o '"found_by":"[a-z]*","phrase":[^,]*\|"code":"transcript[a-z_]*'
printf 'WEBVTT\n\n00:00:01.000 --> nonsense\n' >hebrew.vtt
undertone score --examples our.examples --json hebrew.wav | grep -o '"found_by":"[a-z]*","phrase":[^,]*\|"code":"transcript[a-z_]*'
printf 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v customer>x\n' >hebrew.vtt
undertone score --examples our.examples --json hebrew.wav | grep -o '"found_by":"[a-z]*","phrase":[^,]*\|"code":"transcript[a-z_]*'
