WITH owed AS (
    INSERT INTO deliveries (id, agency, kind, data, state, parked, created_at, next_attempt_at)
    VALUES (%(id)s, %(agency)s, 'connection.tested', %(data)s, 'pending', %(parked)s, %(now)s, clock_timestamp())
    RETURNING id, agency
)
UPDATE members m
SET test_id = o.id
FROM owed o
WHERE m.agency = o.agency
