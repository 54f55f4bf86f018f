UPDATE document_uploads u
SET tidied_at = %(now)s
WHERE u.id = %(id)s
  AND u.state <> 'open'
