-- Open proposals that somebody made, or may decide: all that they concern lies within their right to approve.
SELECT p.id, p.kind, p.subject, p.agencies, p.reason, p.proposed_by, o.display_name || ' (' || o.name || ')',
    p.proposed_at, p.expires_at
FROM proposals p
JOIN people o ON o.id = p.proposed_by
WHERE p.state = 'open'
  AND p.expires_at > clock_timestamp()
  AND (
      p.proposed_by = %(person)s
      OR %(reach)s::text[] IS NULL
      OR (p.agencies <> '{}' AND p.agencies <@ %(reach)s::text[])
  )
ORDER BY p.id
LIMIT %(limit)s
