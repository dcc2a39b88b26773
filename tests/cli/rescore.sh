# another prior over stored measurements: once, and then there is nothing to do
undertone batch -q --db x.db --customer left samples/angry.wav samples/accepting.wav
undertone rescore --db x.db --prior 0.98,0.01,0.01 | sed 's/^model .*/model HASH/'
undertone rescore --db x.db --prior 0.98,0.01,0.01 | sed 's/^model .*/model HASH/'
undertone findings --db x.db --csv | cut -d, -f2,5
undertone rescore --db x.db | sed 's/^model .*/model HASH/'
undertone check --db x.db
undertone rescore --db none.db 2>&1; echo $?
