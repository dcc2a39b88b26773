-- Calls whose two sides are a file each: where the other one is, and how they were laid side by side,
-- so that excerpts, plots and a purge know both.

ALTER TABLE file ADD COLUMN other_path TEXT CHECK (other_path <> '');
CREATE INDEX file_by_other_path ON file (other_path) WHERE other_path IS NOT NULL;

ALTER TABLE call ADD COLUMN aligned TEXT
	CHECK (aligned IN ('together', 'times', 'echo', 'turns', 'unknown'));
ALTER TABLE call ADD COLUMN lead_s REAL
	CHECK ((lead_s IS NULL OR lead_s BETWEEN -86400 AND 86400)
		AND (lead_s IS NULL) = (aligned IS NULL));
ALTER TABLE call ADD COLUMN align_confidence REAL
	CHECK (align_confidence IS NULL
		OR (align_confidence BETWEEN 0 AND 1 AND aligned IN ('echo', 'turns')));
