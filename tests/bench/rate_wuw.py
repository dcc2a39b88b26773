#!/usr/bin/env python3
# Files of WUW Corpus II (telephone, English) whose every word is in CMU's dictionary, and how many
# syllables their transcripts have: "PATH SYLLABLES" a line. usage: rate_wuw.py DATA DICTIONARY
import json, os, re, sys

data, dictionary = sys.argv[1:]
vowels = set("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())
syllables = {"onword": 2}
for line in open(dictionary):
    word, *phones = line.split()
    if "(" not in word:
        syllables[word] = sum(p in vowels for p in phones)
seen = set()
for e in json.load(open(f"{data}/wuw/wuw.json")):
    name = e["fileName"]
    # what is no word: {smack}, [voices], <unk>, (a remark)
    text = re.sub(r"\{[^}]*\}|\[[^\]]*\]|<[^>]*>|\([^)]*\)", "", e["transcription"].lower())
    words = [w if w in syllables else w.strip("'") for w in re.findall(r"[a-z']+", text)]
    if name in seen or len(words) < 2 or not os.path.exists(f"{data}/wuw/{name}"):
        continue
    seen.add(name)
    if all(w in syllables for w in words):
        print(f"{data}/wuw/{name}", sum(syllables[w] for w in words))
