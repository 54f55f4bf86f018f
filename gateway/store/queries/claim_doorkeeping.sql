-- When something changed, when a credential has ended since, and once a minute anyway. The lease outlasts a round.
UPDATE doorkeeping d
SET lease_no = d.lease_no + 1,
    leased_until = clock_timestamp() + %(lease)s * interval '1 second'
WHERE d.leased_until <= clock_timestamp()
  AND (d.wanted <> d.done
      OR d.done_at IS NULL
      OR d.done_at < clock_timestamp() - %(every)s * interval '1 second'
      OR EXISTS (
          SELECT FROM broker_credentials b
          WHERE b.revoked_at IS NULL AND b.expires_at > d.done_at AND b.expires_at <= clock_timestamp()
      ))
RETURNING d.lease_no, d.wanted, clock_timestamp()
