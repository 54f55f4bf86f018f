-- The hops of one transfer: the plan's order, then later rounds as they came.
SELECT h.document
FROM hops h
WHERE h.transfer_id = %s
ORDER BY h.no
