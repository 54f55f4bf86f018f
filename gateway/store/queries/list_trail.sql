-- The whole trail, newest first (all keys are UUIDv7): decisions, acts on dossiers, documents that operators were
-- shown. What leaves everything out of a branch is a list without anything in it.
(
    SELECT a.id, a.at, a.actor, a.act, a.subject, a.reason, a.before, a.after
    FROM audit a
    WHERE a.id < %(before)s
      AND a.id >= %(floor)s
      AND a.id < %(ceiling)s
      AND (%(since)s::timestamptz IS NULL OR a.at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR a.at < %(until)s)
      AND (%(actor)s::text IS NULL OR a.actor = %(actor)s)
      AND (%(acts)s::text[] IS NULL OR a.act = ANY (%(acts)s))
      AND (%(subjects)s::text[] IS NULL OR a.subject = ANY (%(subjects)s))
    ORDER BY a.id DESC
    LIMIT %(limit)s
)
UNION ALL
(
    SELECT o.id, o.at, o.actor, 'act.' || o.act, coalesce(o.question ->> 'agency', ''), o.reason, NULL::jsonb,
        jsonb_build_object('state', o.state, 'total', o.total)
    FROM operator_acts o
    WHERE o.id < %(before)s
      AND o.id >= %(floor)s
      AND o.id < %(ceiling)s
      AND (%(since)s::timestamptz IS NULL OR o.at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR o.at < %(until)s)
      AND (%(actor)s::text IS NULL OR o.actor = %(actor)s)
      AND (%(acts_on_dossiers)s::text[] IS NULL OR o.act = ANY (%(acts_on_dossiers)s))
      AND (%(subjects)s::text[] IS NULL OR EXISTS (
          SELECT 1
          FROM operator_act_items i
          WHERE i.act_id = o.id
            AND i.transfer_id = ANY (%(transfers)s::uuid[])
      ))
    ORDER BY o.id DESC
    LIMIT %(limit)s
)
UNION ALL
(
    SELECT d.id, d.at, d.actor, 'document.shown', coalesce(d.transfer_id::text, ''), d.reason, NULL::jsonb, NULL::jsonb
    FROM document_accesses d
    WHERE d.act = 'shown'
      AND %(shown)s
      AND d.id < %(before)s
      AND d.id >= %(floor)s
      AND d.id < %(ceiling)s
      AND (%(since)s::timestamptz IS NULL OR d.at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR d.at < %(until)s)
      AND (%(actor)s::text IS NULL OR d.actor = %(actor)s)
      AND (%(subjects)s::text[] IS NULL OR d.transfer_id = ANY (%(transfers)s::uuid[]))
    ORDER BY d.id DESC
    LIMIT %(limit)s
)
ORDER BY id DESC
LIMIT %(limit)s
