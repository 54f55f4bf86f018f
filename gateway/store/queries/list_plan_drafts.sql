-- The newest drafts (plan_drafts_newest), and whether each was applied.
SELECT d.digest, d.title, d.effective, d.legal_basis, d.drafted_by, d.drafted_at,
    r.applied_by, r.applied_at
FROM plan_drafts d
LEFT JOIN reorganisations r ON r.digest = d.digest
ORDER BY d.drafted_at DESC, d.digest
LIMIT %(limit)s
