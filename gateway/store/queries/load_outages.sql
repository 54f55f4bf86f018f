-- What may still matter to a clock: all that last or are to come, and what changed lately. What is
-- older is on the clocks already, and stays there.
SELECT o.id, o.agency, o.kind, o.starts_at, o.ends_at, o.legal_basis, o.withdrawn_at IS NOT NULL,
    o.covers
FROM outages o
WHERE (o.withdrawn_at IS NULL AND (o.ends_at IS NULL OR o.ends_at > %(now)s::timestamptz - interval '90 days'))
   OR o.changed_at > now() - interval '90 days'
