-- For the demo's live panel; counted over its few hundred transfers.
SELECT count(*),
    count(*) FILTER (WHERE t.state = 'open'),
    count(*) FILTER (WHERE t.state <> 'open'),
    (SELECT count(DISTINCT l.transfer_id) FROM ledger l WHERE l.act = 'clock.breached'),
    (SELECT count(DISTINCT h.transfer_id)
     FROM hops h
     WHERE h.state IN ('planned', 'dispatching', 'delivered', 'received', 'refused')
       AND (h.document::jsonb #> '{clock,breached}' IS NOT NULL OR h.document::jsonb ? 'failure'))
FROM transfers t
