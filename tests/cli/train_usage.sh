# what train and evaluate refuse, and how they say it
undertone train m.csv 2>&1; echo $?
undertone train --out x.model --without loudness m.csv 2>&1; echo $?
undertone train --out x.model m.csv 2>&1; echo $?
printf 'path,speaker\n' >m.csv
undertone train --out x.model m.csv 2>&1; echo $?
undertone evaluate --folds speaker --model x.model m.csv 2>&1; echo $?
undertone evaluate --prior 1,0,1 m.csv 2>&1; echo $?
undertone evaluate --lines tin m.csv 2>&1; echo $?
undertone evaluate --model m.csv m.csv 2>&1; echo $?
ls
