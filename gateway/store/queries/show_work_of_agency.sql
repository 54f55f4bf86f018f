-- What an agency owes (its open turns, hops_open), what waits for it (deliveries_due, deliveries_mailbox), and where its
-- own open dossiers stand (transfers_one_open). Each is read up to a limit, so no agency's page grows with its backlog.
WITH turns AS MATERIALIZED (
    SELECT h.transfer_id, h.step, h.round, h.state, h.deadline_at
    FROM hops h
    WHERE h.agency = %(agency)s
      AND h.state IN ('dispatching', 'delivered', 'received', 'paused', 'refused')
    LIMIT %(most)s
),
open_turns AS (
    SELECT u.*
    FROM turns u
    WHERE u.state <> 'refused'
),
soonest AS (
    SELECT u.transfer_id, u.step, u.state, u.deadline_at
    FROM open_turns u
    ORDER BY u.deadline_at NULLS LAST, u.transfer_id, u.step
    LIMIT %(listed)s
),
waiting AS MATERIALIZED (
    (
        SELECT d.kind, d.created_at
        FROM deliveries d
        WHERE d.agency = %(agency)s
          AND d.state = 'pending'
          AND NOT d.parked
        ORDER BY d.next_attempt_at
        LIMIT %(most)s
    )
    UNION ALL
    (
        SELECT d.kind, d.created_at
        FROM deliveries d
        WHERE d.agency = %(agency)s
          AND d.state = 'pending'
          AND d.parked
        ORDER BY d.id
        LIMIT %(most)s
    )
),
own AS MATERIALIZED (
    SELECT t.id
    FROM transfers t
    WHERE t.issuer = %(agency)s
      AND t.state = 'open'
    ORDER BY t.code
    LIMIT %(most)s
),
elsewhere AS (
    SELECT h.agency, count(*) AS count, count(*) FILTER (WHERE h.deadline_at < %(now)s) AS overdue,
        min(h.deadline_at) AS first_at
    FROM own o
    JOIN hops h ON h.transfer_id = o.id
    WHERE h.state IN ('dispatching', 'delivered', 'received', 'paused')
      AND h.agency <> %(agency)s
    GROUP BY h.agency
)
SELECT
    (SELECT count(*) FROM turns),
    (SELECT coalesce(json_object_agg(s.state, s.count), '{}')
     FROM (SELECT u.state, count(*) AS count FROM turns u GROUP BY u.state) s),
    (SELECT count(*) FROM open_turns u WHERE u.deadline_at < %(now)s),
    (SELECT coalesce(json_agg(json_build_array(t.id, t.issuer, t.code, t.procedure, t.procedure_version, s.step, s.state,
            s.deadline_at) ORDER BY s.deadline_at NULLS LAST, s.transfer_id, s.step), '[]')
     FROM soonest s
     JOIN transfers t ON t.id = s.transfer_id),
    (SELECT count(*) FROM waiting),
    (SELECT coalesce(json_agg(json_build_array(k.kind, k.count, k.oldest_at) ORDER BY k.count DESC, k.kind), '[]')
     FROM (SELECT w.kind, count(*) AS count, min(w.created_at) AS oldest_at FROM waiting w GROUP BY w.kind) k),
    (SELECT count(*) FROM own),
    (SELECT coalesce(json_agg(json_build_array(e.agency, e.count, e.overdue, e.first_at)
            ORDER BY e.overdue DESC, e.count DESC, e.agency), '[]')
     FROM (SELECT * FROM elsewhere ORDER BY overdue DESC, count DESC, agency LIMIT %(listed)s) e),
    (SELECT count(*) FROM elsewhere)
