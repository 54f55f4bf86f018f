-- Agencies, of those named, that are owed anything, have a queue at the broker, or are told events.
SELECT a.code
FROM unnest(%(agencies)s::text[]) AS a (code)
WHERE EXISTS (SELECT FROM deliveries d WHERE d.agency = a.code AND d.state = 'pending' AND NOT d.parked)
   OR EXISTS (SELECT FROM deliveries d WHERE d.agency = a.code AND d.state = 'pending' AND d.parked)
   OR EXISTS (SELECT FROM endpoints e WHERE e.agency = a.code AND (e.events OR e.connector = 'amqp'))
ORDER BY a.code
