-- Who holds a transfer's row may change its hops, clocks, timers and delivery outcomes.
SELECT t.id
FROM transfers t
WHERE t.id = %s
FOR UPDATE
