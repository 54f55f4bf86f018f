-- Of the agencies that wait, those with something to fetch (deliveries_mailbox serves each probe).
SELECT w.agency
FROM unnest(%s::text[]) AS w(agency)
WHERE NOT EXISTS (
    SELECT FROM endpoints e
    WHERE e.agency = w.agency AND (NOT e.enabled OR e.traffic = 'none')
)
AND EXISTS (
    SELECT FROM deliveries d
    WHERE d.agency = w.agency
      AND d.state = 'pending'
      AND d.parked
      AND d.next_attempt_at <= clock_timestamp()
      AND NOT EXISTS (
          SELECT FROM deliveries o
          WHERE o.transfer_id = d.transfer_id AND o.state = 'pending' AND o.agency = d.agency AND o.ordinal < d.ordinal
      )
)
