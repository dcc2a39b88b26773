-- The doors to a tone of somebody else that were left where a shell has foreign keys and recursive
-- triggers off: UPDATE OR REPLACE that moves a party into a place with a tone, and a closing that
-- goes without its tone.

DROP TRIGGER party_keeps_tone;

CREATE TRIGGER party_keeps_tone BEFORE UPDATE ON party
WHEN (NEW.role <> 'customer' OR NEW.kind <> 'external' OR NEW.verified <> 1
		OR NEW.call_id <> OLD.call_id OR NEW.party <> OLD.party)
	AND EXISTS (
		SELECT 1 FROM closing AS k JOIN tone AS t ON t.call_id = k.call_id
		WHERE (k.call_id = OLD.call_id AND k.party = OLD.party)
			OR (k.call_id = NEW.call_id AND k.party = NEW.party))
BEGIN
	SELECT RAISE(ABORT, 'this party has a tone; remove the tone first');
END;

CREATE TRIGGER closing_takes_tone_along AFTER DELETE ON closing
BEGIN
	DELETE FROM evidence WHERE call_id = OLD.call_id;
	DELETE FROM tone WHERE call_id = OLD.call_id;
END;
