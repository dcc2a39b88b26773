-- The trainers' queue: one narrow row a recording that has a tone, in the orders in which trainers
-- ask for it, so that a page is quick however many calls there are. Nothing here is a fact of its
-- own: triggers keep it what view review_source says, whoever writes.

-- What makes a bad start, counted before half of the way to the closing (DATA.md, "Positive
-- examples"): 1 interruptions, 2 talking at once, 4 a long wait, 8 a long hold.
CREATE VIEW review_start AS
SELECT k.call_id,
	((SELECT count(*) FROM turn AS t WHERE t.call_id = k.call_id AND t.interrupts = 1
		AND 2 * t.start_frame < k.start_frame) >= 2)
	+ 2 * ((SELECT coalesce(sum(t.overlap_frames), 0) FROM turn AS t WHERE t.call_id = k.call_id
		AND t.party = k.party AND 2 * t.start_frame < k.start_frame) >= max(200,
		(SELECT coalesce(sum(t.speech_frames), 0) FROM turn AS t WHERE t.call_id = k.call_id
			AND t.party = k.party AND 2 * t.start_frame < k.start_frame) / 10))
	+ 4 * EXISTS (SELECT 1 FROM turn AS t WHERE t.call_id = k.call_id AND t.party <> k.party
		AND t.latency_frames >= 1000 AND 2 * t.start_frame < k.start_frame)
	+ 8 * EXISTS (SELECT 1 FROM span AS s WHERE s.call_id = k.call_id
		AND s.kind IN ('music', 'ringback') AND 2 * s.start_frame < k.start_frame
		GROUP BY s.channel HAVING sum(s.end_frame - s.start_frame) >= 3000) AS bad_start
FROM closing AS k;

CREATE VIEW review_source AS
SELECT c.id AS call_id, c.content, coalesce(date(c.start_time), date(c.analysed_at), '') AS day,
	c.team, c.queue, c.agent_id, c.language, t.label, t.resigned + t.angry AS rank,
	CASE t.label WHEN 'accepting' THEN t.accepting + (b.bad_start & 1) + (b.bad_start >> 1 & 1)
		+ (b.bad_start >> 2 & 1) + (b.bad_start >> 3 & 1) END AS good,
	b.bad_start,
	EXISTS (SELECT 1 FROM verdict AS v WHERE v.content = c.content) AS reviewed
FROM call AS c
	CROSS JOIN tone AS t ON t.call_id = c.id
	CROSS JOIN review_start AS b ON b.call_id = c.id
WHERE NOT EXISTS (
	SELECT 1 FROM call AS o
	WHERE o.content = c.content
		AND (o.current_since, o.options, o.model) > (c.current_since, c.options, c.model));

CREATE TABLE review_item (
	call_id INTEGER PRIMARY KEY,
	content TEXT NOT NULL UNIQUE,
	day TEXT NOT NULL,
	team TEXT,
	queue TEXT,
	agent_id TEXT,
	language TEXT,
	label TEXT NOT NULL,
	rank REAL NOT NULL,
	good REAL,
	bad_start INTEGER NOT NULL,
	reviewed INTEGER NOT NULL
) STRICT;

INSERT INTO review_item SELECT * FROM review_source;

-- the whole list holds all that is filtered by, so that a filter that few calls pass reads no table
CREATE INDEX review_by_rank ON review_item (rank, content, day, team, queue, agent_id, language,
	label, reviewed);
CREATE INDEX review_by_team ON review_item (team, rank, content);
CREATE INDEX review_by_queue ON review_item (queue, rank, content);
CREATE INDEX review_by_agent ON review_item (agent_id, rank, content);
CREATE INDEX review_by_label ON review_item (label, rank, content);
CREATE INDEX review_by_good ON review_item (good, content) WHERE good IS NOT NULL;
CREATE INDEX review_by_language ON review_item (language, rank, content);
CREATE INDEX verdict_by_calibration ON verdict (calibration_id, content)
	WHERE calibration_id IS NOT NULL;

CREATE TRIGGER review_call_added AFTER INSERT ON call
BEGIN
	DELETE FROM review_item WHERE content = NEW.content;
	INSERT INTO review_item SELECT * FROM review_source WHERE content = NEW.content;
END;

CREATE TRIGGER review_call_changed AFTER UPDATE OF current_since, start_time, team, queue,
	agent_id, language ON call
BEGIN
	DELETE FROM review_item WHERE content = NEW.content;
	INSERT INTO review_item SELECT * FROM review_source WHERE content = NEW.content;
END;

CREATE TRIGGER review_call_removed AFTER DELETE ON call
BEGIN
	DELETE FROM review_item WHERE content = OLD.content;
	INSERT INTO review_item SELECT * FROM review_source WHERE content = OLD.content;
END;

CREATE TRIGGER review_tone_added AFTER INSERT ON tone
BEGIN
	DELETE FROM review_item WHERE content = (SELECT content FROM call WHERE id = NEW.call_id);
	INSERT INTO review_item SELECT * FROM review_source
	WHERE content = (SELECT content FROM call WHERE id = NEW.call_id);
END;

CREATE TRIGGER review_tone_changed AFTER UPDATE ON tone
BEGIN
	DELETE FROM review_item WHERE content = (SELECT content FROM call WHERE id = NEW.call_id);
	INSERT INTO review_item SELECT * FROM review_source
	WHERE content = (SELECT content FROM call WHERE id = NEW.call_id);
END;

CREATE TRIGGER review_tone_removed AFTER DELETE ON tone
BEGIN
	DELETE FROM review_item WHERE call_id = OLD.call_id;
END;

CREATE TRIGGER review_verdict_added AFTER INSERT ON verdict
BEGIN
	UPDATE review_item SET reviewed = 1 WHERE content = NEW.content AND reviewed = 0;
END;

CREATE TRIGGER review_verdict_removed AFTER DELETE ON verdict
BEGIN
	UPDATE review_item SET reviewed = EXISTS (SELECT 1 FROM verdict WHERE content = OLD.content)
	WHERE content = OLD.content;
END;
