-- The turns that an agency may mean by a dossier's code, or by another system's code for it: of the
-- transfers that concern it, newest first.
-- Two branches instead of an OR, so that transfers_by_dossier serves both however many there are.
WITH named AS (
    SELECT t.id
    FROM transfers t
    WHERE t.code = %(code)s
    UNION
    SELECT t.id
    FROM endpoints e
    JOIN dossier_aliases a ON a.system = e.connector AND a.alias = %(code)s
    JOIN transfers t ON t.code = a.code AND t.issuer = a.issuer
    WHERE e.agency = %(agency)s
)
SELECT t.id, t.code, t.state, t.originator, h.step, h.round, h.agency, h.state,
    h.document ->> 'sender_step'
FROM named n
JOIN transfers t ON t.id = n.id
JOIN hops h ON h.transfer_id = t.id
WHERE h.superseded_by IS NULL
  AND h.document ->> 'offered_at' IS NOT NULL
  AND (h.agency = %(agency)s OR t.originator = %(agency)s)
ORDER BY t.id DESC, h.no DESC
LIMIT 200
