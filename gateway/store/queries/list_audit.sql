-- The whole trail, newest first: decisions about agencies, and acts on dossiers (both keys are UUIDv7).
(
    SELECT a.id, a.at, a.actor, a.act, a.subject, a.reason, a.before, a.after
    FROM audit a
    WHERE a.id < %(before)s
      AND (%(subject)s::text IS NULL OR a.subject = %(subject)s)
    ORDER BY a.id DESC
    LIMIT %(limit)s
)
UNION ALL
(
    SELECT o.id, o.at, o.actor, 'act.' || o.act, coalesce(o.question ->> 'agency', ''), o.reason, NULL,
        jsonb_build_object('state', o.state, 'total', o.total)
    FROM operator_acts o
    WHERE o.id < %(before)s
      AND %(subject)s::text IS NULL
    ORDER BY o.id DESC
    LIMIT %(limit)s
)
ORDER BY id DESC
LIMIT %(limit)s
