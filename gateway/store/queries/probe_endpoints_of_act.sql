-- Who says "again" means now: endpoints of an act's items that were left alone are asked again with the next delivery.
UPDATE endpoints e
SET breaker_until = clock_timestamp()
FROM (
    SELECT DISTINCT coalesce(d.agency, h.agency) AS agency
    FROM operator_act_items i
    LEFT JOIN hops h ON h.transfer_id = i.transfer_id AND h.step = i.step AND h.round = i.round
    LEFT JOIN deliveries d ON d.id = i.delivery_id
    WHERE i.act_id = %s
) x
WHERE e.agency = x.agency
  AND e.breaker = 'open'
  AND e.breaker_until > clock_timestamp()
