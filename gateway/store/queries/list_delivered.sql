SELECT d.agency, d.id
FROM deliveries d
WHERE d.state = 'delivered'
