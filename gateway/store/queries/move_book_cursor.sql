UPDATE book_cursor
SET xid = %(to_xid)s::xid8,
    transfer_id = %(to_transfer)s,
    seq = %(to_seq)s,
    booked_until = GREATEST(booked_until, %(recorded_at)s)
