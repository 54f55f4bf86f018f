-- The latest suspension of an agency, of its entries in the trail the newest first: audit_of_subject.
SELECT a.at, a.actor, a.reason
FROM audit a
WHERE a.subject = %(agency)s
  AND a.act = 'agency.suspended'
ORDER BY a.id DESC
LIMIT 1
