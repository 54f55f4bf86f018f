-- Asked under the lock of the epoch: nobody else declares meanwhile (outages_in_force).
SELECT o.id, o.starts_at, o.ends_at
FROM outages o
WHERE o.agency IS NOT DISTINCT FROM %(agency)s
  AND o.withdrawn_at IS NULL
  AND o.starts_at < coalesce(%(ends_at)s::timestamptz, 'infinity')
  AND coalesce(o.ends_at, 'infinity') > %(starts_at)s::timestamptz
ORDER BY o.starts_at
LIMIT 1
