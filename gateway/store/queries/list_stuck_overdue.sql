-- Past their deadline: hops (hops_limits), and whole transfers (transfers_deadlines; they have no step).
-- What was sent back for correction is asked for separately.
SELECT *
FROM (
    (
        SELECT h.deadline_at AS since, h.transfer_id, h.step, h.round, h.agency, t.issuer, t.code,
            NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, h.state AS detail,
            h.next_limit_at AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
        FROM hops h
        JOIN transfers t ON t.id = h.transfer_id AND t.state = 'open' AND NOT t.archived
        WHERE h.next_limit_at < %(now)s
          AND (h.next_limit_at, h.transfer_id, h.step, h.round) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
          AND h.deadline_at < %(now)s
          AND h.document #>> '{clock,rule}' IS DISTINCT FROM 'notice-day'
          AND (%(agency)s::text IS NULL OR h.agency = %(agency)s)
          AND (%(transfer)s::uuid IS NULL OR h.transfer_id = %(transfer)s)
        ORDER BY h.next_limit_at, h.transfer_id, h.step, h.round
        LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT t.deadline_at, t.id, NULL, NULL, t.originator, t.issuer, t.code, NULL, NULL, 'overall', t.deadline_at, t.id, '', 0
        FROM transfers t
        WHERE t.state = 'open'
          AND t.deadline_at < %(now)s
          AND (t.deadline_at, t.id) >= (%(at)s::timestamptz, %(id)s::uuid)
          AND (t.deadline_at, t.id, '', 0) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
          AND NOT t.archived
          AND (%(agency)s::text IS NULL OR t.originator = %(agency)s)
          AND (%(transfer)s::uuid IS NULL OR t.id = %(transfer)s)
        ORDER BY t.deadline_at, t.id
        LIMIT %(limit)s
    )
) late
ORDER BY key_at, key_id, key_step, key_round
LIMIT %(limit)s
