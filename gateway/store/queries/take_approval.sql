-- Use an approval, once.
UPDATE proposals
SET carried_out_at = clock_timestamp()
WHERE subject = %(subject)s
  AND kind = %(kind)s
  AND state = 'approved'
  AND carried_out_at IS NULL
