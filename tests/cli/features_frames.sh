undertone features --frames samples/accepting.wav >a
head -1 a | cut -d, -f1-5; wc -l <a
awk -F, 'NR == 1 { n = NF } NF != n || (NR > 1 && $2 > 1)' a | wc -l
sed -n "2p;1303p" a | cut -d, -f1-3
undertone features --frames --json samples/accepting.wav | head -1 | cut -c1-60
