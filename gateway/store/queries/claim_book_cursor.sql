-- One process keeps the books at a time.
SELECT c.xid::text, c.transfer_id, c.seq
FROM book_cursor c
FOR UPDATE SKIP LOCKED
