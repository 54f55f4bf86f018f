SELECT d.state
FROM deliveries d
WHERE d.id = %s
