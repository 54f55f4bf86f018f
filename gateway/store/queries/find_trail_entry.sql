-- One entry of the trail, whichever table has it, with the agencies that it concerns.
SELECT e.id, e.at, e.actor, e.act, e.subject, e.reason, e.before, e.after,
    ARRAY(SELECT w.agency FROM trail_agencies w WHERE w.id = e.id ORDER BY w.agency)
FROM (
    SELECT a.id, a.at, a.actor, a.act, a.subject, a.reason, a.before, a.after
    FROM audit a
    WHERE a.id = %(id)s
    UNION ALL
    SELECT o.id, o.at, o.actor, 'act.' || o.act, coalesce(o.question ->> 'agency', ''), o.reason, NULL::jsonb,
        jsonb_build_object('state', o.state, 'total', o.total)
    FROM operator_acts o
    WHERE o.id = %(id)s
    UNION ALL
    SELECT d.id, d.at, d.actor, 'document.shown', coalesce(d.transfer_id::text, ''), d.reason, NULL::jsonb,
        jsonb_build_object('document', encode(d.sha256, 'hex'))
    FROM document_accesses d
    WHERE d.id = %(id)s
      AND d.act = 'shown'
) e
