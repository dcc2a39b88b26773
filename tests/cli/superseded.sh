# what was said of a recording before it was found to be an internal call is not shown by its number
mkdir in; cp samples/resigned.* in/
undertone batch -q --db x.db in/
undertone findings --db x.db --csv | cut -d, -f1-2,5
sed -i 's/"customer_kind": "external"/"customer_kind": "internal"/' in/resigned.json
undertone batch -q --db x.db in/
undertone findings --db x.db --all --csv | cut -d, -f1-2,5
for c in "show --db x.db 1" "export --db x.db --format jsonl 1" "clips --db x.db --out o 1" "pack --db x.db --out p 1"; do
	undertone $c 2>&1 | head -n 2; echo "exit ${PIPESTATUS[0]}"
done
