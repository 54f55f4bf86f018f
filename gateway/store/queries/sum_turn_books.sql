-- The turns of a period by agency and class of working time; with %(steps)s by procedure and step too.
SELECT b.agency,
    CASE WHEN %(steps)s THEN b.procedure END AS of_procedure,
    CASE WHEN %(steps)s THEN b.step END AS of_step,
    b.bucket, sum(b.turns), sum(b.late), sum(b.elapsed), sum(b.measured), sum(b.worked), sum(b.budgeted), sum(b.used)
FROM json_to_recordset(%(pieces)s::json) AS s (grain text, starts date, until date, within boolean)
JOIN turn_books b ON b.grain = s.grain AND b.starts >= s.starts AND b.starts < s.until
WHERE s.within
  AND (%(agencies)s::text[] IS NULL OR b.agency = ANY (%(agencies)s::text[]))
  AND (%(procedures)s::text[] IS NULL OR b.procedure = ANY (%(procedures)s::text[]))
GROUP BY b.agency, of_procedure, of_step, b.bucket
