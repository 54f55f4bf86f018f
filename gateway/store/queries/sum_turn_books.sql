SELECT b.agency, b.procedure, b.step, b.bucket, sum(b.turns), sum(b.late), sum(b.elapsed), sum(b.measured), sum(b.worked),
    sum(b.budgeted), sum(b.used)
FROM json_to_recordset(%(pieces)s::json) AS s (grain text, starts date, until date, within boolean)
JOIN turn_books b ON b.grain = s.grain AND b.starts >= s.starts AND b.starts < s.until
WHERE s.within
  AND (%(agencies)s::text[] IS NULL OR b.agency = ANY (%(agencies)s::text[]))
  AND (%(procedures)s::text[] IS NULL OR b.procedure = ANY (%(procedures)s::text[]))
GROUP BY b.agency, b.procedure, b.step, b.bucket
