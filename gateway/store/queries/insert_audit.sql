INSERT INTO audit (id, actor, act, subject, reason, before, after)
VALUES (%(id)s, %(actor)s, %(act)s, %(subject)s, %(reason)s, %(before)s, %(after)s)
