-- The messages behind a transfer's ledger after one entry, with their bodies; what was purged has none any more.
SELECT l.seq, i.recorded_at, i.agency, i.message_id, p.media, p.body, p.purged_at
FROM (
    SELECT cause, min(seq) AS seq
    FROM ledger
    WHERE transfer_id = %(transfer)s
      AND cause IS NOT NULL
    GROUP BY cause
) l
JOIN inbox i ON i.id = l.cause
LEFT JOIN payloads p ON p.id = l.cause
WHERE l.seq > %(after)s
ORDER BY l.seq
LIMIT %(limit)s
