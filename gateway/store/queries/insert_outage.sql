INSERT INTO outages (id, agency, kind, starts_at, ends_at, announced_at, legal_basis, reason, declared_by,
    declared_at, covers)
VALUES (%(id)s, %(agency)s, %(kind)s, %(starts_at)s, %(ends_at)s, %(announced_at)s, %(legal_basis)s, %(reason)s,
    %(declared_by)s, %(declared_at)s, %(covers)s)
