# a transcript beside the recording says where the phrase is; one that cannot be used is a note
cp samples/accepting.* .
printf 'WEBVTT\n\n00:00:20.100 --> 00:00:23.200\n<v customer>okay I understand\n' >accepting.vtt
undertone score --json accepting.wav | grep -o '"found_by":[^,]*,"phrase":[^,]*'
# written as transcripts write it (share/phrases: spelled)
for words in 'O.K., I understand' 'OK. Alright' 'או קיי, הבנתי'; do
	printf 'WEBVTT\n\n00:00:20.100 --> 00:00:23.200\n<v customer>%s\n' "$words" >accepting.vtt
	undertone score --json accepting.wav | grep -o '"found_by":[^,]*,"phrase":[^,]*'
done
sed -i 's/customer/Bob/' accepting.vtt
undertone score --json accepting.wav | grep -o '"found_by":[^,]*,"phrase":[^,]*\|"code":"transcript[^}]*'
