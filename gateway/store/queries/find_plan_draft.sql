-- A plan as it was drafted, by its digest.
SELECT document, drafted_by, drafted_at
FROM plan_drafts
WHERE digest = %(digest)s
