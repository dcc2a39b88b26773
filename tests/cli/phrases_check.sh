# a list that is fine, and what is wrong with one that is not: its line, the phrase, the phone
printf 'language he\nטוב | acknowledgement | 0.5 | T OW V\n' >fine.txt
printf '# ours\nlanguage he\nטוב | acknowledgement | 0.5 | T OW V\nהבנתי | acknowledgement | 0.5 | KH EH V\n' >phone.txt
printf 'language en\nokay | nodding | 0.5 | OW K EY\n' >meaning.txt
printf 'okay | thanks | 0.5 | OW K EY\n' >language.txt
undertone phrases check fine.txt phone.txt meaning.txt language.txt nowhere.txt 2>&1; echo $?
undertone phrases check 2>&1; echo $?
undertone phrases fly 2>&1; echo $?
undertone phrases list fine.txt
undertone phrases list --language he | head -3
undertone phrases list --json fine.txt
# a list of one's own is used: the same fault is named before any recording is opened
undertone score --phrases phone.txt samples/accepting.wav 2>&1; echo $?
# a row of one's own wins over the shipped row of the same phrase: later lists over earlier ones
printf 'language he\nטוב | thanks | 0.9 | T AO V, T OW V\n' >ours.txt
undertone phrases list fine.txt ours.txt
undertone score --phrases ours.txt samples/accepting.wav 2>&1 >/dev/null; echo $?
