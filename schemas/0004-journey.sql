-- A case's calls at once, as call_by_customer gives a customer's.
CREATE INDEX call_by_case ON call (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX party_by_person ON party (person) WHERE person IS NOT NULL;
