-- Wait until nobody books, and keep it so.
SELECT FROM book_cursor c
FOR UPDATE
