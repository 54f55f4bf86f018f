-- Who changes a member holds its row; an agency that was set up directly gets one first.
INSERT INTO members (agency, state)
SELECT %(agency)s, 'live'
WHERE EXISTS (SELECT FROM endpoints e WHERE e.agency = %(agency)s)
   OR EXISTS (SELECT FROM clients c WHERE c.agency = %(agency)s)
   OR EXISTS (SELECT FROM members m WHERE m.agency = %(agency)s)
ON CONFLICT (agency) DO UPDATE
SET agency = EXCLUDED.agency
RETURNING state, resumes_as
