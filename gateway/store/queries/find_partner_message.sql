-- What an agency was understood to say under this id when it was first heard.
SELECT p.media, p.body
FROM message_keys k
JOIN payloads p ON p.id = k.inbox_id
WHERE k.agency = %(agency)s
  AND k.message_id = %(message)s
  AND p.body IS NOT NULL
