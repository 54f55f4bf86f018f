-- Acts on dossiers, newest first: one's own, while one reaches what they touch, and those that touch no agency beyond
-- one's reach; with how much of each was done, who ordered it, and what became of its proposal.
WITH found AS (
    SELECT a.id, a.at, a.actor, a.act, a.question, a.state, a.total
    FROM operator_acts a
    WHERE a.id < %(before)s
      AND a.id >= %(floor)s
      AND (
          %(reach)s::text[] IS NULL
          OR (a.actor = %(actor)s AND a.question -> 'within' <@ to_jsonb(%(reach)s::text[]))
          OR (
              EXISTS (SELECT FROM trail_agencies w WHERE w.id = a.id)
              AND NOT EXISTS (SELECT FROM trail_agencies w WHERE w.id = a.id AND w.agency <> ALL (%(reach)s::text[]))
          )
      )
    ORDER BY a.id DESC
    LIMIT %(limit)s
)
SELECT f.id, f.at, f.actor, f.act, f.question, f.state, f.total, p.state, o.display_name, (
        SELECT coalesce(jsonb_object_agg(i.outcome, i.count), '{}')
        FROM (
            SELECT coalesce(i.outcome, 'open') AS outcome, count(*) AS count
            FROM operator_act_items i
            WHERE i.act_id = f.id
            GROUP BY 1
        ) i
    )
FROM found f
LEFT JOIN people o ON f.actor = 'operator:person:' || o.name
LEFT JOIN LATERAL (
    SELECT p.state
    FROM proposals p
    WHERE p.subject = f.id::text
    ORDER BY p.id DESC
    LIMIT 1
) p ON true
ORDER BY f.id DESC
