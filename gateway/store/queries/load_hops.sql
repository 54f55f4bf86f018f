SELECT h.transfer_id, h.document
FROM hops h
WHERE h.transfer_id = ANY(%s::uuid[])
ORDER BY h.transfer_id, h.no
