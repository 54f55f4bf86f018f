-- A transfer with its present plan, and whether it concerns an agency: as its originator, or because
-- its turn came. A null agency asks for nobody in particular.
SELECT t.document, i.document AS itinerary, t.archived, t.seq,
    t.originator = %(agency)s OR EXISTS (
        SELECT FROM hops h
        WHERE h.transfer_id = t.id
          AND h.agency = %(agency)s
          AND h.state <> 'planned'
          AND h.document ->> 'offered_at' IS NOT NULL
    ) AS concerns
FROM transfers t
JOIN itineraries i ON i.transfer_id = t.id AND i.no = t.itinerary_no
WHERE t.id = %(id)s
