-- What trainers add: who reviews, what they heard, blind calibration sessions, the coaching log.
-- Verdicts belong to a recording (content), not to one result of it, so that a new model or a merge
-- keeps them. They are never changed: a reviewer's latest one counts.

CREATE TABLE reviewer (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
	role TEXT NOT NULL CHECK (role IN ('viewer', 'trainer', 'admin')),
	-- of the token only its SHA-256 is kept: 256 random bits need no slow hash
	token TEXT NOT NULL UNIQUE CHECK (length(token) = 64 AND token NOT GLOB '*[^0-9a-f]*'),
	created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	ended_at TEXT
) STRICT;

CREATE TABLE calibration (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 128),
	created_by INTEGER NOT NULL REFERENCES reviewer (id),
	created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	ended_at TEXT
) STRICT;

CREATE TABLE calibration_call (
	calibration_id INTEGER NOT NULL REFERENCES calibration (id) ON DELETE CASCADE,
	n INTEGER NOT NULL CHECK (n >= 0),
	content TEXT NOT NULL CHECK (length(content) = 64 AND content NOT GLOB '*[^0-9a-f]*'),
	PRIMARY KEY (calibration_id, n),
	UNIQUE (calibration_id, content)
) STRICT, WITHOUT ROWID;

CREATE INDEX calibration_call_by_content ON calibration_call (content);

CREATE TABLE verdict (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	content TEXT NOT NULL CHECK (length(content) = 64 AND content NOT GLOB '*[^0-9a-f]*'),
	-- the closing that was heard: another model may find another one
	start_frame INTEGER NOT NULL CHECK (start_frame >= 0),
	end_frame INTEGER NOT NULL CHECK (end_frame > start_frame),
	reviewer_id INTEGER NOT NULL REFERENCES reviewer (id),
	calibration_id INTEGER REFERENCES calibration (id) ON DELETE SET NULL,
	given_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	heard TEXT NOT NULL CHECK (heard IN ('accepting', 'resigned', 'angry', 'unsure')),
	-- NULL: given blind, before the score was shown
	shown TEXT CHECK (shown IN ('accepting', 'resigned', 'angry', 'abstain')),
	note TEXT CHECK (length(note) BETWEEN 1 AND 2000)
) STRICT;

CREATE INDEX verdict_by_content ON verdict (content, reviewer_id);

CREATE TABLE verdict_tag (
	verdict_id INTEGER NOT NULL REFERENCES verdict (id) ON DELETE CASCADE,
	tag TEXT NOT NULL CHECK (tag IN ('no-answer', 'no-empathy', 'not-listening', 'transferred',
		'long-wait', 'good-recovery', 'other')),
	PRIMARY KEY (verdict_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE coaching (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	author TEXT NOT NULL CHECK (author <> ''),
	person TEXT NOT NULL CHECK (person <> ''),
	content TEXT CHECK (length(content) = 64 AND content NOT GLOB '*[^0-9a-f]*'),
	kind TEXT NOT NULL CHECK (kind IN ('strength', 'improve')),
	topic TEXT NOT NULL CHECK (topic IN ('answer', 'empathy', 'listening', 'interruptions', 'holds',
		'waits', 'transfers', 'dead-air', 'recovery', 'other')),
	discussed INTEGER NOT NULL CHECK (discussed IN (0, 1)),
	note TEXT CHECK (length(note) BETWEEN 1 AND 2000)
) STRICT;

CREATE INDEX coaching_by_person ON coaching (person, at);
CREATE INDEX coaching_by_content ON coaching (content) WHERE content IS NOT NULL;

-- A verdict says what a person's voice said, so it stands under the same law as a tone: only where
-- a tone of a verified external customer stands.
CREATE TRIGGER verdict_only_of_customer BEFORE INSERT ON verdict
WHEN NOT EXISTS (
	SELECT 1 FROM call AS c JOIN tone AS t ON t.call_id = c.id
		JOIN closing AS k ON k.call_id = c.id
		JOIN party AS p ON p.call_id = k.call_id AND p.party = k.party
	WHERE c.content = NEW.content AND p.role = 'customer' AND p.kind = 'external'
		AND p.verified = 1)
BEGIN
	SELECT RAISE(ABORT, 'a verdict is only stored where a verified external customer has a tone');
END;

CREATE TRIGGER verdict_stays BEFORE UPDATE OF id, content, start_frame, end_frame, reviewer_id,
	given_at, heard, shown ON verdict
BEGIN
	SELECT RAISE(ABORT, 'a verdict is never changed; give a new one');
END;

CREATE TRIGGER tone_takes_verdicts_along AFTER DELETE ON tone
WHEN NOT EXISTS (
	SELECT 1 FROM call AS c JOIN tone AS t ON t.call_id = c.id
	WHERE c.content = (SELECT content FROM call WHERE id = OLD.call_id))
BEGIN
	DELETE FROM verdict WHERE content = (SELECT content FROM call WHERE id = OLD.call_id);
END;

-- The log of access knows more kinds.
CREATE TABLE audit_wide (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
	actor TEXT NOT NULL,
	action TEXT NOT NULL CHECK (action IN ('read', 'purge', 'merge', 'sign-in', 'listen', 'verdict',
		'export', 'coach', 'user')),
	subject TEXT NOT NULL,
	n_calls INTEGER NOT NULL CHECK (n_calls >= 0)
) STRICT;
INSERT INTO audit_wide SELECT id, at, actor, action, subject, n_calls FROM audit;
DROP TABLE audit;
ALTER TABLE audit_wide RENAME TO audit;
