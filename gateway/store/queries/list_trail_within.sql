-- As list_trail, of some agencies: the newest of each are found by trail_agencies, then the newest of them all.
(
    SELECT a.id, a.at, a.actor, a.act, a.subject, a.reason, a.before, a.after
    FROM (
        SELECT DISTINCT n.id
        FROM unnest(%(agencies)s::text[]) AS r (agency)
        CROSS JOIN LATERAL (
            SELECT w.id
            FROM trail_agencies w
            JOIN audit a ON a.id = w.id
            WHERE w.agency = r.agency
              AND w.id < %(before)s
              AND w.id >= %(floor)s
              AND w.id < %(ceiling)s
              AND (%(since)s::timestamptz IS NULL OR a.at >= %(since)s)
              AND (%(until)s::timestamptz IS NULL OR a.at < %(until)s)
              AND (%(actor)s::text IS NULL OR a.actor = %(actor)s)
              AND (%(acts)s::text[] IS NULL OR a.act = ANY (%(acts)s))
              AND (%(subjects)s::text[] IS NULL OR a.subject = ANY (%(subjects)s))
            ORDER BY w.id DESC
            LIMIT %(limit)s
        ) n
    ) seen
    JOIN audit a ON a.id = seen.id
    ORDER BY a.id DESC
    LIMIT %(limit)s
)
UNION ALL
(
    SELECT o.id, o.at, o.actor, 'act.' || o.act, coalesce(o.question ->> 'agency', ''), o.reason, NULL::jsonb,
        jsonb_build_object('state', o.state, 'total', o.total)
    FROM (
        SELECT DISTINCT n.id
        FROM unnest(%(agencies)s::text[]) AS r (agency)
        CROSS JOIN LATERAL (
            SELECT w.id
            FROM trail_agencies w
            JOIN operator_acts o ON o.id = w.id
            WHERE w.agency = r.agency
              AND w.id < %(before)s
              AND w.id >= %(floor)s
              AND w.id < %(ceiling)s
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
            ORDER BY w.id DESC
            LIMIT %(limit)s
        ) n
    ) seen
    JOIN operator_acts o ON o.id = seen.id
    ORDER BY o.id DESC
    LIMIT %(limit)s
)
UNION ALL
(
    SELECT d.id, d.at, d.actor, 'document.shown', coalesce(d.transfer_id::text, ''), d.reason, NULL::jsonb, NULL::jsonb
    FROM document_accesses d
    JOIN transfers t ON t.id = d.transfer_id
    WHERE d.act = 'shown'
      AND %(shown)s
      AND d.id < %(before)s
      AND d.id >= %(floor)s
      AND d.id < %(ceiling)s
      AND (%(since)s::timestamptz IS NULL OR d.at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR d.at < %(until)s)
      AND (%(actor)s::text IS NULL OR d.actor = %(actor)s)
      AND (%(subjects)s::text[] IS NULL OR d.transfer_id = ANY (%(transfers)s::uuid[]))
      AND t.originator = ANY (%(agencies)s::text[])
    ORDER BY d.id DESC
    LIMIT %(limit)s
)
ORDER BY id DESC
LIMIT %(limit)s
