-- The audit trail is read by person, act, object and period, and within a scope.

CREATE TABLE trail_agencies (
    agency text NOT NULL,
    id     uuid NOT NULL,
    PRIMARY KEY (agency, id)
);
COMMENT ON TABLE trail_agencies IS 'Which agencies an entry of the audit or an operators'' act concerns: who may see the audit of one of them sees it. What concerns none is for those who see everything.';

CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE INDEX audit_by_act ON audit (act, id);
CREATE INDEX operator_acts_by_actor ON operator_acts (actor, id);
CREATE INDEX operator_acts_by_act ON operator_acts (act, id);
CREATE INDEX document_accesses_shown ON document_accesses (id) WHERE act = 'shown';

-- What was written before: entries about members, and acts by whose turn, message or connection they touched.
INSERT INTO trail_agencies (agency, id)
SELECT a.subject, a.id
FROM audit a
WHERE a.subject ~ '^[A-Y][0-9]{2}(\.[A-Z0-9]+)*$';

INSERT INTO trail_agencies (agency, id)
SELECT DISTINCT w.agency, i.act_id
FROM operator_act_items i
LEFT JOIN transfers t ON t.id = i.transfer_id
LEFT JOIN hops h ON h.transfer_id = i.transfer_id AND h.step = i.step AND h.round = i.round
LEFT JOIN deliveries d ON d.id = i.delivery_id
LEFT JOIN inbox m ON m.id = i.inbox_id
CROSS JOIN LATERAL (VALUES (i.agency), (d.agency), (m.agency), (coalesce(h.agency, t.originator))) AS w (agency)
WHERE w.agency IS NOT NULL
ON CONFLICT DO NOTHING;
