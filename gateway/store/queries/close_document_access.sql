UPDATE document_accesses a
SET served = %(served)s
WHERE a.id = %(id)s
