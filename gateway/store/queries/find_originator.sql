-- Who received the dossier of a transfer.
SELECT t.originator
FROM transfers t
WHERE t.id = %s
