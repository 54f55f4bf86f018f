-- An entry, and the agencies that it concerns: those named; of a transfer its originator and whoever had or has a
-- turn; of an act those that it touched.
WITH entered AS (
    INSERT INTO audit (id, actor, act, subject, reason, before, after)
    VALUES (%(id)s, %(actor)s, %(act)s, %(subject)s, %(reason)s, %(before)s, %(after)s)
)
INSERT INTO trail_agencies (agency, id)
SELECT w.agency, %(id)s
FROM (
    SELECT unnest(%(agencies)s::text[]) AS agency
    UNION
    SELECT t.originator FROM transfers t WHERE t.id = %(about)s::uuid
    UNION
    SELECT h.agency FROM hops h WHERE h.transfer_id = %(about)s::uuid
    UNION
    SELECT o.agency FROM trail_agencies o JOIN operator_acts a ON a.id = o.id WHERE a.id = %(about)s::uuid
) w
WHERE w.agency IS NOT NULL
