-- Acts that wait for a second person, with the first dossiers of each, for who decides.
SELECT a.id, a.act, a.total, a.question, ARRAY(
        SELECT t.code
        FROM operator_act_items i
        JOIN transfers t ON t.id = i.transfer_id
        WHERE i.act_id = a.id
          AND i.no <= 5
        ORDER BY i.no
    )
FROM operator_acts a
WHERE a.id = ANY (%s::uuid[])
