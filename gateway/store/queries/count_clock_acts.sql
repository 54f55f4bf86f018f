SELECT l.act, count(*)
FROM ledger l
WHERE l.act IN ('clock.warned', 'clock.breached')
GROUP BY l.act
