UPDATE event_cursors
SET xid = %(xid)s::xid8,
    transfer_id = %(transfer)s,
    seq = %(seq)s
WHERE agency = %(agency)s
