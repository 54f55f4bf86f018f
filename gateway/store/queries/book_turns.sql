-- As book_dossiers, for the turns that agencies completed.
INSERT INTO turn_books AS b (grain, starts, agency, procedure, step, bucket, turns, late, elapsed, measured, worked,
    budgeted, used)
SELECT g.grain, g.starts, e.agency, e.procedure, e.step, e.bucket, count(*), sum(e.late), sum(e.elapsed),
    sum(e.measured), sum(e.worked), sum(e.budgeted), sum(e.used)
FROM turn_entries e
CROSS JOIN LATERAL (
    VALUES ('day', e.day), ('month', date_trunc('month', e.day)::date), ('year', date_trunc('year', e.day)::date)
) AS g (grain, starts)
WHERE (e.xid, e.transfer_id, e.seq) > (%(xid)s::xid8, %(transfer)s::uuid, %(seq)s::integer)
  AND (e.xid, e.transfer_id, e.seq) <= (%(to_xid)s::xid8, %(to_transfer)s::uuid, %(to_seq)s::integer)
  AND e.originator <> ALL (%(left_out)s::text[])
GROUP BY g.grain, g.starts, e.agency, e.procedure, e.step, e.bucket
ON CONFLICT (grain, starts, agency, procedure, step, bucket) DO UPDATE
SET turns = b.turns + excluded.turns,
    late = b.late + excluded.late,
    elapsed = b.elapsed + excluded.elapsed,
    measured = b.measured + excluded.measured,
    worked = b.worked + excluded.worked,
    budgeted = b.budgeted + excluded.budgeted,
    used = b.used + excluded.used
