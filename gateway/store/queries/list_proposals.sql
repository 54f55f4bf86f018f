SELECT p.id, p.kind, p.subject, p.agencies, p.reason, p.proposed_by, o.name, p.proposed_at, p.expires_at
FROM proposals p
JOIN people o ON o.id = p.proposed_by
WHERE p.state = 'open'
  AND p.expires_at > clock_timestamp()
ORDER BY p.id
LIMIT %s
