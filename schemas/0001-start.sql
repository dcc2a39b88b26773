-- The first schema. Frozen once released: a change is a new file.
-- Meaning, unit and range of every column: DATA.md. Positions are frames of 10 ms from the start of
-- the recording, ends exclusive. Times of day are UTC, RFC 3339, milliseconds, unless said.

CREATE TABLE run (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	command TEXT NOT NULL,
	options TEXT NOT NULL CHECK (options LIKE '{%}'),
	program TEXT NOT NULL,
	model TEXT NOT NULL,
	host TEXT NOT NULL,
	pid INTEGER NOT NULL,
	started_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	ended_at TEXT,
	ending TEXT CHECK (ending IN ('finished', 'interrupted', 'lost')),
	n_seen INTEGER CHECK (n_seen >= 0),
	n_done INTEGER CHECK (n_done >= 0),
	n_skipped INTEGER CHECK (n_skipped >= 0),
	n_failed INTEGER CHECK (n_failed >= 0),
	audio_s REAL CHECK (audio_s >= 0),
	cpu_s REAL CHECK (cpu_s >= 0),
	wall_s REAL CHECK (wall_s >= 0),
	CHECK ((ended_at IS NULL) = (ending IS NULL))
) STRICT;

CREATE TABLE run_failure (
	run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	code TEXT NOT NULL,
	n INTEGER NOT NULL CHECK (n > 0),
	PRIMARY KEY (run_id, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE call (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	content TEXT NOT NULL CHECK (length(content) = 64 AND content NOT GLOB '*[^0-9a-f]*'),
	options TEXT NOT NULL CHECK (length(options) = 64 AND options NOT GLOB '*[^0-9a-f]*'),
	model TEXT NOT NULL CHECK (length(model) = 64 AND model NOT GLOB '*[^0-9a-f]*'),
	run_id INTEGER REFERENCES run (id) ON DELETE SET NULL,
	analysed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	current_since TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	-- what the file is
	size_bytes INTEGER NOT NULL,
	container TEXT,
	codec TEXT,
	rate_hz INTEGER NOT NULL CHECK (rate_hz >= 0),
	n_source_channels INTEGER NOT NULL CHECK (n_source_channels >= 0),
	n_samples INTEGER NOT NULL,
	partial INTEGER NOT NULL CHECK (partial IN (0, 1)),
	dual_mono INTEGER NOT NULL CHECK (dual_mono IN (0, 1)),
	-- what the metadata says
	call_key TEXT,
	start_time TEXT,
	direction TEXT,
	queue TEXT,
	team TEXT,
	agent_id TEXT,
	customer_key TEXT,
	case_id TEXT,
	language TEXT,
	purpose TEXT,
	notice TEXT,
	profile TEXT,
	-- the conversation
	duration_s REAL NOT NULL CHECK (duration_s >= 0),
	talk_s REAL NOT NULL CHECK (talk_s >= 0),
	overlap_s REAL NOT NULL CHECK (overlap_s >= 0),
	non_talk_s REAL NOT NULL CHECK (non_talk_s >= 0),
	longest_silence_s REAL NOT NULL CHECK (longest_silence_s >= 0),
	longest_silence_start_s REAL NOT NULL CHECK (longest_silence_start_s >= 0),
	hold_s REAL NOT NULL CHECK (hold_s >= 0),
	n_holds INTEGER NOT NULL CHECK (n_holds >= 0),
	longest_wait_s REAL CHECK (longest_wait_s >= 0),
	no_closing_reason TEXT,
	UNIQUE (content, options, model)
) STRICT;

CREATE INDEX call_by_key ON call (call_key) WHERE call_key IS NOT NULL;
CREATE INDEX call_by_customer ON call (customer_key) WHERE customer_key IS NOT NULL;
CREATE INDEX call_by_time ON call (analysed_at);
CREATE INDEX call_by_run ON call (run_id);

CREATE TABLE file (
	content TEXT NOT NULL CHECK (length(content) = 64 AND content NOT GLOB '*[^0-9a-f]*'),
	path TEXT NOT NULL CHECK (path <> ''),
	size_bytes INTEGER NOT NULL,
	mtime_ns INTEGER NOT NULL,
	seen_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	PRIMARY KEY (content, path)
) STRICT, WITHOUT ROWID;

CREATE INDEX file_by_path ON file (path);

CREATE TABLE party (
	call_id INTEGER NOT NULL REFERENCES call (id) ON DELETE CASCADE,
	party INTEGER NOT NULL CHECK (party BETWEEN 0 AND 7),
	channel INTEGER NOT NULL CHECK (channel BETWEEN -1 AND 7),
	role TEXT NOT NULL CHECK (role IN ('unknown', 'customer', 'agent', 'ivr', 'other')),
	kind TEXT NOT NULL CHECK (kind IN ('unknown', 'external', 'internal')),
	verified INTEGER NOT NULL CHECK (verified IN (0, 1)),
	person TEXT,
	source TEXT,
	PRIMARY KEY (call_id, party)
) STRICT, WITHOUT ROWID;

CREATE TABLE party_measure (
	call_id INTEGER NOT NULL,
	party INTEGER NOT NULL,
	talk_s REAL NOT NULL CHECK (talk_s >= 0),
	talk_ratio REAL NOT NULL CHECK (talk_ratio BETWEEN 0 AND 1),
	n_turns INTEGER NOT NULL CHECK (n_turns >= 0),
	n_backchannels INTEGER NOT NULL CHECK (n_backchannels >= 0),
	n_interruptions INTEGER NOT NULL CHECK (n_interruptions >= 0),
	longest_turn_s REAL NOT NULL CHECK (longest_turn_s >= 0),
	latency_median_s REAL NOT NULL,
	n_latencies INTEGER NOT NULL CHECK (n_latencies >= 0),
	first_word_s REAL CHECK (first_word_s >= 0),
	hold_s REAL NOT NULL CHECK (hold_s >= 0),
	PRIMARY KEY (call_id, party),
	FOREIGN KEY (call_id, party) REFERENCES party (call_id, party) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE channel (
	call_id INTEGER NOT NULL REFERENCES call (id) ON DELETE CASCADE,
	channel INTEGER NOT NULL CHECK (channel BETWEEN 0 AND 7),
	noise_db REAL NOT NULL,
	speech_db REAL NOT NULL,
	leak_db REAL NOT NULL,
	silent INTEGER NOT NULL CHECK (silent IN (0, 1)),
	PRIMARY KEY (call_id, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE span (
	call_id INTEGER NOT NULL,
	channel INTEGER NOT NULL,
	start_frame INTEGER NOT NULL CHECK (start_frame >= 0),
	end_frame INTEGER NOT NULL CHECK (end_frame > start_frame),
	kind TEXT NOT NULL CHECK (kind IN ('music', 'ringback', 'busy', 'dtmf', 'beep', 'noise',
		'masked')),
	confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
	PRIMARY KEY (call_id, channel, start_frame),
	FOREIGN KEY (call_id, channel) REFERENCES channel (call_id, channel) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE turn (
	call_id INTEGER NOT NULL,
	n INTEGER NOT NULL CHECK (n >= 0),
	party INTEGER NOT NULL,
	start_frame INTEGER NOT NULL CHECK (start_frame >= 0),
	end_frame INTEGER NOT NULL CHECK (end_frame >= start_frame),
	speech_frames INTEGER NOT NULL CHECK (speech_frames >= 0),
	overlap_frames INTEGER NOT NULL CHECK (overlap_frames >= 0),
	latency_frames INTEGER,
	backchannel INTEGER NOT NULL CHECK (backchannel IN (0, 1)),
	interrupts INTEGER NOT NULL CHECK (interrupts IN (0, 1)),
	PRIMARY KEY (call_id, n),
	FOREIGN KEY (call_id, party) REFERENCES party (call_id, party) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE closing (
	call_id INTEGER PRIMARY KEY REFERENCES call (id) ON DELETE CASCADE,
	party INTEGER NOT NULL,
	found_by TEXT NOT NULL CHECK (found_by IN ('phrase', 'turn')),
	start_frame INTEGER NOT NULL CHECK (start_frame >= 0),
	end_frame INTEGER NOT NULL CHECK (end_frame > start_frame),
	latency_frames INTEGER,
	confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
	phrase TEXT,
	no_tone_reason TEXT,
	FOREIGN KEY (call_id, party) REFERENCES party (call_id, party) ON DELETE CASCADE
) STRICT;

CREATE TABLE tone (
	call_id INTEGER PRIMARY KEY REFERENCES closing (call_id) ON DELETE CASCADE,
	label TEXT NOT NULL CHECK (label IN ('accepting', 'resigned', 'angry', 'abstain')),
	accepting REAL NOT NULL CHECK (accepting BETWEEN 0 AND 1),
	resigned REAL NOT NULL CHECK (resigned BETWEEN 0 AND 1),
	angry REAL NOT NULL CHECK (angry BETWEEN 0 AND 1),
	abstain_reason TEXT,
	model TEXT NOT NULL,
	features BLOB NOT NULL CHECK (length(features) % 4 = 0 AND length(features) <= 512),
	valid_lo INTEGER NOT NULL,
	valid_hi INTEGER NOT NULL,
	CHECK (abs(accepting + resigned + angry - 1) < 0.001)
) STRICT;

-- The order of the ranked list, so that its first page is quick however many calls there are.
CREATE INDEX tone_by_rank ON tone (resigned + angry);

CREATE TABLE evidence (
	call_id INTEGER NOT NULL REFERENCES tone (call_id) ON DELETE CASCADE,
	n INTEGER NOT NULL CHECK (n BETWEEN 0 AND 5),
	feature TEXT NOT NULL,
	unit TEXT NOT NULL,
	value REAL NOT NULL,
	reference REAL NOT NULL,
	points_to TEXT NOT NULL CHECK (points_to IN ('accepting', 'resigned', 'angry')),
	contribution REAL NOT NULL,
	PRIMARY KEY (call_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE problem (
	call_id INTEGER NOT NULL REFERENCES call (id) ON DELETE CASCADE,
	n INTEGER NOT NULL CHECK (n >= 0),
	code TEXT NOT NULL,
	message TEXT NOT NULL,
	PRIMARY KEY (call_id, n),
	UNIQUE (call_id, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE failure (
	subject TEXT NOT NULL CHECK (subject = CASE content WHEN '' THEN path ELSE content END),
	options TEXT NOT NULL,
	model TEXT NOT NULL,
	content TEXT NOT NULL,
	path TEXT NOT NULL,
	run_id INTEGER REFERENCES run (id) ON DELETE SET NULL,
	code TEXT NOT NULL,
	message TEXT NOT NULL,
	attempts INTEGER NOT NULL DEFAULT 1 CHECK (attempts > 0),
	first_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	last_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	PRIMARY KEY (subject, options, model)
) STRICT, WITHOUT ROWID;

CREATE INDEX failure_by_path ON failure (path);

CREATE TABLE audit (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	actor TEXT NOT NULL,
	action TEXT NOT NULL CHECK (action IN ('read', 'purge', 'merge')),
	subject TEXT NOT NULL,
	n_calls INTEGER NOT NULL CHECK (n_calls >= 0)
) STRICT;

-- The law of the product, held by the database itself: a tone exists only for the one party that is
-- a verified external customer, whoever writes it.
CREATE TRIGGER tone_only_of_customer BEFORE INSERT ON tone
WHEN NOT EXISTS (
	SELECT 1 FROM closing AS k JOIN party AS p ON p.call_id = k.call_id AND p.party = k.party
	WHERE k.call_id = NEW.call_id AND p.role = 'customer' AND p.kind = 'external'
		AND p.verified = 1)
BEGIN
	SELECT RAISE(ABORT, 'a tone is only stored for a verified external customer');
END;

CREATE TRIGGER tone_stays_with_customer BEFORE UPDATE ON tone
WHEN NOT EXISTS (
	SELECT 1 FROM closing AS k JOIN party AS p ON p.call_id = k.call_id AND p.party = k.party
	WHERE k.call_id = NEW.call_id AND p.role = 'customer' AND p.kind = 'external'
		AND p.verified = 1)
BEGIN
	SELECT RAISE(ABORT, 'a tone is only stored for a verified external customer');
END;

CREATE TRIGGER party_keeps_tone BEFORE UPDATE ON party
WHEN (NEW.role <> 'customer' OR NEW.kind <> 'external' OR NEW.verified <> 1
		OR NEW.call_id <> OLD.call_id OR NEW.party <> OLD.party)
	AND EXISTS (
		SELECT 1 FROM closing AS k JOIN tone AS t ON t.call_id = k.call_id
		WHERE k.call_id = OLD.call_id AND k.party = OLD.party)
BEGIN
	SELECT RAISE(ABORT, 'this party has a tone; remove the tone first');
END;

CREATE TRIGGER closing_keeps_tone BEFORE UPDATE OF call_id, party ON closing
WHEN EXISTS (SELECT 1 FROM tone AS t WHERE t.call_id = OLD.call_id)
BEGIN
	SELECT RAISE(ABORT, 'this closing has a tone; remove the tone first');
END;

-- INSERT OR REPLACE fires no delete trigger, and a shell may have foreign keys off: the doors that
-- are left.
CREATE TRIGGER party_not_replaced BEFORE INSERT ON party
WHEN (NEW.role <> 'customer' OR NEW.kind <> 'external' OR NEW.verified <> 1)
	AND EXISTS (
		SELECT 1 FROM closing AS k JOIN tone AS t ON t.call_id = k.call_id
		WHERE k.call_id = NEW.call_id AND k.party = NEW.party)
BEGIN
	SELECT RAISE(ABORT, 'this party has a tone; remove the tone first');
END;

CREATE TRIGGER closing_not_replaced BEFORE INSERT ON closing
WHEN EXISTS (SELECT 1 FROM tone AS t WHERE t.call_id = NEW.call_id)
BEGIN
	SELECT RAISE(ABORT, 'this closing has a tone; remove the tone first');
END;

CREATE TRIGGER party_takes_tone_along AFTER DELETE ON party
BEGIN
	DELETE FROM evidence WHERE call_id IN (
		SELECT call_id FROM closing WHERE call_id = OLD.call_id AND party = OLD.party);
	DELETE FROM tone WHERE call_id IN (
		SELECT call_id FROM closing WHERE call_id = OLD.call_id AND party = OLD.party);
END;

-- One row a recording: of several results of the same content, the one that became current last.
CREATE VIEW current_call AS
SELECT c.*, (SELECT min(f.path) FROM file AS f WHERE f.content = c.content) AS path
FROM call AS c
WHERE NOT EXISTS (
	SELECT 1 FROM call AS o
	WHERE o.content = c.content
		AND (o.current_since, o.options, o.model) > (c.current_since, c.options, c.model));

CREATE VIEW finding AS
SELECT c.id AS call_id, c.content, c.path AS file, c.call_key, c.start_time, c.team, c.queue,
	c.agent_id, coalesce(t.label, 'none') AS label, t.accepting, t.resigned, t.angry,
	t.resigned + t.angry AS rank, k.start_frame / 100.0 AS closing_start_s,
	k.end_frame / 100.0 AS closing_end_s, k.found_by, k.phrase
FROM current_call AS c
	LEFT JOIN closing AS k ON k.call_id = c.id
	LEFT JOIN tone AS t ON t.call_id = c.id;
