-- The hops of one transfer: the plan's order, then later rounds as they came; and whether one waits
-- for an agency that no endpoint says how to reach.
SELECT h.document,
    h.state = 'dispatching' AND NOT EXISTS (SELECT FROM endpoints e WHERE e.agency = h.agency)
FROM hops h
WHERE h.transfer_id = %s
ORDER BY h.no
