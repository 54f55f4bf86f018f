-- Until when the books go, and whether the ledger has entries that are not in them yet: its last
-- entry in commit order says so, which ledger_feed gives at once. The first day is the first key of the books.
SELECT c.booked_until,
    COALESCE((last.xid, last.transfer_id, last.seq) > (c.xid, c.transfer_id, c.seq), false),
    (SELECT min(b.starts) FROM dossier_books b WHERE b.grain = 'day')
FROM book_cursor c
LEFT JOIN LATERAL (
    SELECT l.xid, l.transfer_id, l.seq
    FROM ledger l
    ORDER BY l.xid DESC, l.transfer_id DESC, l.seq DESC
    LIMIT 1
) last ON true
