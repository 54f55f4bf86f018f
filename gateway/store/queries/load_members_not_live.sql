-- Whoever is not here is live, or no member at all (members_not_live).
SELECT m.agency, m.state
FROM members m
WHERE m.state <> 'live'
