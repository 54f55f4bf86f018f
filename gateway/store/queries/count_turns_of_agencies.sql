-- How many turns are open at each of some agencies, counted up to a limit (hops_open alone).
SELECT a.agency, u.count
FROM unnest(%(agencies)s::text[]) a (agency)
CROSS JOIN LATERAL (
    SELECT count(*) AS count
    FROM (
        SELECT
        FROM hops h
        WHERE h.agency = a.agency
          AND h.state IN ('dispatching', 'delivered', 'received', 'paused')
        LIMIT %(most)s
    ) h
) u
WHERE u.count > 0
