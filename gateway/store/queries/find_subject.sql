-- What assignments and notes of a target are kept under: its transfer, else the delivery or message itself.
SELECT coalesce(t.id, d.transfer_id, d.id, i.transfer_id, i.id)
FROM (VALUES (%(transfer)s::uuid, %(delivery)s::uuid, %(message)s::uuid)) AS x(transfer, delivery, message)
LEFT JOIN transfers t ON t.id = x.transfer
LEFT JOIN deliveries d ON d.id = x.delivery
LEFT JOIN inbox i ON i.id = x.message
