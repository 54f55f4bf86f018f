-- Nothing that a batch refers to is purged before it has committed. Last in the lock order.
SELECT d.sha256
FROM documents d
WHERE d.sha256 = ANY(%s::bytea[])
ORDER BY d.sha256
FOR SHARE
