-- Whether an agency reads from the broker: its deliveries, its events.
SELECT e.connector = 'amqp', e.events
FROM endpoints e
WHERE e.agency = %s
