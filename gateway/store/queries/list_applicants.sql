-- What was said of the applicants of some transfers, oldest first; what was purged is not there any more.
SELECT l.transfer_id, p.media, p.body
FROM ledger l
JOIN payloads p ON p.id = l.cause
WHERE l.transfer_id = ANY(%s::uuid[])
  AND l.act IN ('transfer.submitted', 'transfer.corrected')
  AND p.body IS NOT NULL
ORDER BY l.transfer_id, l.seq
