-- Hops to be handed over to an agency that no endpoint says how to reach, or that is not live yet. Goes from one
-- agency with open hops to the next along hops_open, and reads only the hops of those that are not reached.
SELECT (h.document ->> 'offered_at')::timestamptz AS since, coalesce(h.deadline_at, t.deadline_at) AS due_at, h.transfer_id, h.step, h.round,
    h.agency, h.agency AS within, t.issuer, t.code, t.procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, coalesce(m.state, h.state) AS failure, coalesce(m.state, h.state) AS detail,
    h.next_limit_at AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM hops h
LEFT JOIN transfers t ON t.id = h.transfer_id
LEFT JOIN members m ON m.agency = h.agency AND m.state <> 'live'
WHERE h.agency = ANY(ARRAY(
        WITH RECURSIVE open_at AS (
            (
                SELECT o.agency
                FROM hops o
                WHERE o.state IN ('dispatching', 'delivered', 'received', 'paused', 'refused')
                ORDER BY o.agency
                LIMIT 1
            )
            UNION ALL
            SELECT (
                SELECT o.agency
                FROM hops o
                WHERE o.state IN ('dispatching', 'delivered', 'received', 'paused', 'refused')
                  AND o.agency > a.agency
                ORDER BY o.agency
                LIMIT 1
            )
            FROM open_at a
            WHERE a.agency IS NOT NULL
        )
        SELECT a.agency
        FROM open_at a
        WHERE NOT EXISTS (SELECT FROM endpoints e WHERE e.agency = a.agency AND e.traffic = 'all')
          AND NOT EXISTS (SELECT FROM members s WHERE s.agency = a.agency AND s.state IN ('suspended', 'removed'))
    ))
  AND h.state = 'dispatching'
  AND h.next_limit_at IS NOT NULL
  AND (h.next_limit_at, h.transfer_id, h.step, h.round) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND NOT EXISTS (SELECT FROM transfers a WHERE a.id = h.transfer_id AND a.archived)
