-- What each agency was handed, and what became of it (for the demo's table).
SELECT h.agency,
    count(*) AS handed,
    count(*) FILTER (WHERE h.state IN ('completed', 'lapsed')) AS done,
    count(*) FILTER (WHERE h.state IN ('refused', 'returned')) AS sent_back,
    count(*) FILTER (WHERE h.state IN ('dispatching', 'delivered', 'received', 'paused')) AS open,
    count(*) FILTER (WHERE h.document::jsonb #> '{clock,breached}' ? 'deadline') AS late
FROM hops h
WHERE h.agency IS NOT NULL
  AND h.step <> 'origin'
  AND h.state NOT IN ('planned', 'skipped', 'cancelled')
GROUP BY h.agency
