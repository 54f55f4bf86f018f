INSERT INTO notes (id, subject, text_id, author)
VALUES (%(id)s, %(subject)s, %(text)s, %(author)s)
ON CONFLICT DO NOTHING
