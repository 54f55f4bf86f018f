SELECT max(e.finished_at)
FROM examinations e
WHERE e.outcome = 'passed'
