-- Transfers that have ended and of which agencies are still owed something (deliveries_due, deliveries_mailbox).
SELECT DISTINCT t.id, t.issuer, t.code, t.originator, t.procedure
FROM deliveries d
JOIN transfers t ON t.id = d.transfer_id AND t.state <> 'open'
WHERE d.agency = ANY (%(agencies)s::text[])
  AND d.state = 'pending'
  AND d.kind NOT IN ('handover.offered', 'handover.cancelled')
ORDER BY t.id
