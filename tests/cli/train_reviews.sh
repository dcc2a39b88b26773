# learning from verdicts: what is asked for wrongly, and a database in which nobody judged anything
undertone train --from-reviews 2>&1; echo $?
undertone train --from-reviews --out x.model m.csv 2>&1; echo $?
undertone train --out x.model 2>&1; echo $?
undertone train --out x.model --db x.db m.csv 2>&1; echo $?
undertone train --from-reviews --db none.db --out x.model 2>&1 | sed 's/^\(undertone: [^:]*\):.*/\1/'
undertone batch -q --db x.db --customer left samples/angry.wav samples/accepting.wav
undertone train --from-reviews --db x.db --out x.model 2>&1; echo $?
test -e x.model || echo nothing was written
