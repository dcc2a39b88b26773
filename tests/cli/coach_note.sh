# the feedback log of one person
undertone batch -q --jobs 1 --db x.db samples/angry.wav samples/resigned.wav 2>&1
undertone coach log --db x.db --person a17
undertone coach note --db x.db --person a17 --kind strength --topic recovery --call sample-angry --discussed "asked what would help"
undertone coach note --db x.db --person a17 --kind improve --topic dead-air "say what you are doing"
undertone coach note --db x.db --person b2 --kind improve --topic other "of somebody else"
undertone coach log --db x.db --person a17 | sed 's/^  20..-..-../  DAY/; s/by .*/by USER/'
undertone coach log --db x.db --person a17 --format json | sed 's/"at":"[^"]*","author":"[^"]*"/WHO/g'
undertone purge --db x.db --call sample-angry
undertone coach log --db x.db --person a17 --format json | sed 's/"at":"[^"]*","author":"[^"]*"/WHO/g'
undertone coach note --db x.db --person a17 --kind strength --topic other --call 99 "no such call" 2>&1
undertone runs --db x.db --audit | grep -o ' coach .*'
