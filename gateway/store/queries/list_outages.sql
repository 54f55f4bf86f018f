-- Newest first; in force or to come, or with %(over)s also those that are over or withdrawn.
-- A pass that is due and not done says that some clocks do not stand, or run, as they should yet.
SELECT o.id, o.agency, o.kind, o.starts_at, o.ends_at, o.announced_at, o.legal_basis, o.reason, o.declared_by,
    o.declared_at, o.ended_by, o.withdrawn_at, o.withdrawn_by, cardinality(o.covers),
    EXISTS (
        SELECT FROM outage_sweeps s
        WHERE s.outage_id = o.id
          AND s.done_at IS NULL
          AND s.due_at <= %(now)s
          AND s.not_before <= now()
    )
FROM outages o
WHERE (%(id)s::uuid IS NULL OR o.id = %(id)s)
  AND (%(agency)s::text IS NULL OR %(agency)s = ANY (o.covers))
  AND (%(over)s OR (o.withdrawn_at IS NULL AND (o.ends_at IS NULL OR o.ends_at > %(now)s)))
  AND (%(before)s::uuid IS NULL OR o.id < %(before)s)
ORDER BY o.id DESC
LIMIT %(limit)s
