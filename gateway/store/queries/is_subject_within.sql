-- Whether a delivery or a message is one of these agencies'. Transfers: find_transfer_within.
SELECT true
WHERE EXISTS (SELECT FROM deliveries d WHERE d.id = %(id)s AND d.agency = ANY(%(reach)s::text[]))
    OR EXISTS (SELECT FROM inbox i WHERE i.id = %(id)s AND i.agency = ANY(%(reach)s::text[]))
