-- A bad start may be heard in the customer's voice too: one that was raised at first and came down
-- before the closing, against the same customer's own speech. Only where a tone of a verified
-- external customer is, in its row, so the doors of that row hold for it. The program that takes
-- this step fills it for the rows that are there (pipeline/store/migrate.c).
ALTER TABLE tone ADD COLUMN came_down INTEGER NOT NULL DEFAULT 0 CHECK (came_down IN (0, 1));

DROP VIEW review_source;
DROP VIEW review_start;

-- What makes a bad start (DATA.md, "Positive examples"): 1 interruptions, 2 talking at once, 4 a
-- long wait, 8 a long hold, all before half of the way to the closing; 16 a raised voice.
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
		GROUP BY s.channel HAVING sum(s.end_frame - s.start_frame) >= 3000)
	+ 16 * coalesce((SELECT o.came_down FROM tone AS o WHERE o.call_id = k.call_id), 0)
		AS bad_start
FROM closing AS k;

CREATE VIEW review_source AS
SELECT c.id AS call_id, c.content, coalesce(date(c.start_time), date(c.analysed_at), '') AS day,
	c.team, c.queue, c.agent_id, c.language, t.label, t.resigned + t.angry AS rank,
	CASE t.label WHEN 'accepting' THEN t.accepting + (b.bad_start & 1) + (b.bad_start >> 1 & 1)
		+ (b.bad_start >> 2 & 1) + (b.bad_start >> 3 & 1) + (b.bad_start >> 4 & 1)
		END AS good,
	b.bad_start,
	EXISTS (SELECT 1 FROM verdict AS v WHERE v.content = c.content) AS reviewed
FROM call AS c
	CROSS JOIN tone AS t ON t.call_id = c.id
	CROSS JOIN review_start AS b ON b.call_id = c.id
WHERE NOT EXISTS (
	SELECT 1 FROM call AS o
	WHERE o.content = c.content
		AND (o.current_since, o.options, o.model) > (c.current_since, c.options, c.model));
