-- Who changes a delivery's outcome holds its transfer's row.
SELECT t.id
FROM transfers t
WHERE t.id = (SELECT d.transfer_id FROM deliveries d WHERE d.id = %s)
FOR UPDATE
