-- What became of proposals lately: for who proposed and who decided.
SELECT p.id, p.kind, p.subject, p.state, p.reason, p.proposed_by, o.display_name || ' (' || o.name || ')', p.decided_by,
    d.display_name || ' (' || d.name || ')', p.decided_at, p.decision, p.outcome, p.proposed_at, p.expires_at, p.agencies
FROM proposals p
JOIN people o ON o.id = p.proposed_by
LEFT JOIN people d ON d.id = p.decided_by
WHERE p.state <> 'open'
  AND p.decided_at > clock_timestamp() - interval '14 days'
  AND (p.proposed_by = %(person)s OR p.decided_by = %(person)s)
ORDER BY p.decided_at DESC
LIMIT %(limit)s
