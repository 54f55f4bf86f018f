INSERT INTO boards (id, agency, token_hash, mark, made_by)
VALUES (%(id)s, %(agency)s, %(token_hash)s, %(mark)s, %(made_by)s)
