-- Begin the books anew: whoever books next counts the whole ledger. The cursor is held.
WITH begun AS (
    UPDATE book_cursor
    SET xid = '0',
        transfer_id = '00000000-0000-0000-0000-000000000000',
        seq = 0,
        booked_until = NULL
    RETURNING only_one
),
dossiers AS (
    DELETE FROM dossier_books
    USING begun
),
traffic AS (
    DELETE FROM traffic_books
    USING begun
)
DELETE FROM turn_books
USING begun
