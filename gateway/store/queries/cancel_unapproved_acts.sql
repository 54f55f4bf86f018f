-- What was refused, taken back or let expire is not done: its act is cancelled (operator_acts_held).
UPDATE operator_acts a
SET state = 'cancelled',
    finished_at = clock_timestamp()
WHERE a.state = 'held'
  AND EXISTS (SELECT FROM proposals p WHERE p.subject = a.id::text AND p.state IN ('refused', 'withdrawn', 'expired'))
  AND NOT EXISTS (SELECT FROM proposals p WHERE p.subject = a.id::text AND p.state IN ('open', 'approved'))
