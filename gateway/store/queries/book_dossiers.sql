-- Add what the entries between two places of the ledger count; only who holds the cursor does this.
INSERT INTO dossier_books AS b (grain, starts, agency, procedure, online, in_person, postal,
    early, on_time, late, undated, refused, withdrawn, stopped, overdue, met, missed, failing)
SELECT g.grain, g.starts, e.agency, e.procedure, sum(e.online), sum(e.in_person), sum(e.postal),
    sum(e.early), sum(e.on_time), sum(e.late), sum(e.undated), sum(e.refused), sum(e.withdrawn), sum(e.stopped),
    sum(e.overdue), sum(e.met), sum(e.missed), sum(e.failing)
FROM dossier_entries e
CROSS JOIN LATERAL (
    VALUES ('day', e.day), ('month', date_trunc('month', e.day)::date), ('year', date_trunc('year', e.day)::date)
) AS g (grain, starts)
WHERE (e.xid, e.transfer_id, e.seq) > (%(xid)s::xid8, %(transfer)s::uuid, %(seq)s::integer)
  AND (e.xid, e.transfer_id, e.seq) <= (%(to_xid)s::xid8, %(to_transfer)s::uuid, %(to_seq)s::integer)
  AND e.agency <> ALL (%(left_out)s::text[])
GROUP BY g.grain, g.starts, e.agency, e.procedure
ON CONFLICT (grain, starts, agency, procedure) DO UPDATE
SET online = b.online + excluded.online,
    in_person = b.in_person + excluded.in_person,
    postal = b.postal + excluded.postal,
    early = b.early + excluded.early,
    on_time = b.on_time + excluded.on_time,
    late = b.late + excluded.late,
    undated = b.undated + excluded.undated,
    refused = b.refused + excluded.refused,
    withdrawn = b.withdrawn + excluded.withdrawn,
    stopped = b.stopped + excluded.stopped,
    overdue = b.overdue + excluded.overdue,
    met = b.met + excluded.met,
    missed = b.missed + excluded.missed,
    failing = b.failing + excluded.failing
