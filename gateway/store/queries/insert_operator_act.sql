INSERT INTO operator_acts (id, actor, act, reason, question, details, state, total)
VALUES (%(id)s, %(actor)s, %(act)s, %(reason)s, %(question)s, %(details)s, %(state)s, %(total)s)
