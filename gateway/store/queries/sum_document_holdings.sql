-- What counts against an agency's quota: what it handed in and is kept, and what it has declared; and how many uploads of others are open.
SELECT coalesce((
        SELECT sum(d.size)
        FROM document_holders h
        JOIN documents d ON d.sha256 = h.sha256
        WHERE h.agency = %(agency)s
          AND h.released_at IS NULL
          AND d.state IN ('quarantined', 'kept')
    ), 0)::bigint
    + coalesce((
        SELECT sum(u.size)
        FROM document_uploads u
        WHERE u.agency = %(agency)s
          AND u.state = 'open'
          AND u.sha256 <> %(sha256)s
    ), 0)::bigint AS bytes,
    (
        SELECT count(*)
        FROM document_uploads u
        WHERE u.agency = %(agency)s
          AND u.state = 'open'
          AND u.sha256 <> %(sha256)s
    ) AS uploads
