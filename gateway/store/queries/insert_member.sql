-- A new member, or one that had left and joins again.
INSERT INTO members (agency, state, contact)
VALUES (%(agency)s, 'registered', %(contact)s)
ON CONFLICT (agency) DO UPDATE
SET state = 'registered',
    contact = EXCLUDED.contact,
    capabilities = '{}',
    test_id = NULL,
    since = clock_timestamp()
WHERE members.state = 'removed'
RETURNING agency
