-- The list of an act on all that was found, frozen as it was found, in one statement: each thing once, under the
-- cause that is named first.
INSERT INTO operator_act_items (act_id, no, transfer_id, step, round, delivery_id, inbox_id, agency)
SELECT %(act)s, row_number() OVER (ORDER BY n.place), n.transfer_id, n.step, n.round, n.delivery_id, n.inbox_id, n.agency
FROM (
    SELECT DISTINCT ON (o.transfer_id, o.step, o.round, o.delivery_id, o.inbox_id, o.agency) o.*
    FROM (
        SELECT f.*, row_number() OVER (ORDER BY f.arm, f.key_at, f.key_id, f.key_step, f.key_round) AS place
        FROM found f
    ) o
    ORDER BY o.transfer_id, o.step, o.round, o.delivery_id, o.inbox_id, o.agency, o.place
) n
ORDER BY n.place
LIMIT %(limit)s
