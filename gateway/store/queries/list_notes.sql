-- What was noted of a subject, oldest first; words that were purged are gone, that there were some is not.
SELECT n.id, n.at, n.author, convert_from(p.body, 'UTF8') AS text
FROM notes n
LEFT JOIN payloads p ON p.id = n.text_id
WHERE n.subject = %s
ORDER BY n.id
LIMIT 500
