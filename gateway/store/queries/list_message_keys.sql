SELECT k.agency, k.message_id
FROM message_keys k
