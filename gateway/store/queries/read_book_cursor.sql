-- Until when the books go, and whether the ledger has entries that are not in them yet.
SELECT c.booked_until,
    EXISTS (
        SELECT FROM ledger l
        WHERE (l.xid, l.transfer_id, l.seq) > (c.xid, c.transfer_id, c.seq)
    )
FROM book_cursor c
