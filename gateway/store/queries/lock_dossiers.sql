-- Two submissions of one dossier are judged one after the other (keys come sorted).
SELECT pg_advisory_xact_lock(x.key)
FROM unnest(%s::bigint[]) AS x(key)
