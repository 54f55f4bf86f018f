INSERT INTO document_accesses (id, at, act, actor, agency, sha256, transfer_id, reason, first, past)
VALUES (%(id)s, %(at)s, %(act)s, %(actor)s, %(agency)s, %(sha256)s, %(transfer_id)s, %(reason)s, %(first)s, %(past)s)
