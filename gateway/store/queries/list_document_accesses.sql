SELECT a.id, a.at, a.act, a.actor, a.agency, a.transfer_id, a.reason, a.first, a.past, a.served
FROM document_accesses a
WHERE a.sha256 = %(sha256)s
  AND a.id < %(before)s
ORDER BY a.id DESC
LIMIT %(limit)s
