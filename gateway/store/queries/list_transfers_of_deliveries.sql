-- The transfers that deliveries belong to, in the order in which they are locked.
SELECT DISTINCT d.transfer_id
FROM deliveries d
WHERE d.id = ANY (%s::uuid[])
  AND d.transfer_id IS NOT NULL
ORDER BY d.transfer_id
