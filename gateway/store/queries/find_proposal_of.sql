-- The last proposal about a subject, and what was decided.
SELECT p.id, p.kind, p.subject, p.state, p.reason, p.proposed_by, o.display_name || ' (' || o.name || ')', p.decided_by,
    d.display_name || ' (' || d.name || ')', p.decided_at, p.decision, p.outcome, p.proposed_at, p.expires_at, p.agencies
FROM proposals p
JOIN people o ON o.id = p.proposed_by
LEFT JOIN people d ON d.id = p.decided_by
WHERE p.subject = %s
ORDER BY p.id DESC
LIMIT 1
