SELECT e.agency, e.events
FROM endpoints e
WHERE e.connector = 'amqp'
