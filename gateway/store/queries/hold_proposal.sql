SELECT p.id, p.kind, p.subject, p.agencies, p.reason, p.proposed_by, o.name, p.proposed_at, p.expires_at
FROM proposals p
JOIN people o ON o.id = p.proposed_by
WHERE p.id = %s
  AND p.state = 'open'
  AND p.expires_at > clock_timestamp()
FOR UPDATE OF p
