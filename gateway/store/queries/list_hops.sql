-- The hops of one transfer.
SELECT h.document
FROM hops h
WHERE h.transfer_id = %s
