-- What was written for people to take away: excerpts, and every file of a workshop pack. So that a
-- purge can remove what is still in place, and name what must be looked for elsewhere.

CREATE TABLE handed_out (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	actor TEXT NOT NULL,
	path TEXT NOT NULL UNIQUE CHECK (path LIKE '/%'),
	-- the folder or file of the pack that it belongs to: a pack goes as a whole
	pack TEXT CHECK (pack LIKE '/%'),
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
	-- how it was made: the same again is not made twice
	made_as TEXT NOT NULL
) STRICT;

CREATE INDEX handed_out_by_pack ON handed_out (pack) WHERE pack IS NOT NULL;

CREATE TABLE handed_out_call (
	handed_out_id INTEGER NOT NULL REFERENCES handed_out (id) ON DELETE CASCADE,
	content TEXT NOT NULL CHECK (length(content) = 64 AND content NOT GLOB '*[^0-9a-f]*'),
	PRIMARY KEY (handed_out_id, content)
) STRICT, WITHOUT ROWID;

CREATE INDEX handed_out_call_by_content ON handed_out_call (content);
