SELECT coalesce(i.problem, i.verdict), count(*)
FROM inbox i
GROUP BY 1
ORDER BY 2 DESC
