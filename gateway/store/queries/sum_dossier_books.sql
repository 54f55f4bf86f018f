-- A period as the sum of a few pieces: whole years, months, days. What lies before it gives what was
-- still open when it began; everything up to its end what is open and late at its end.
SELECT CASE %(by)s WHEN 'agency' THEN b.agency ELSE b.procedure END AS of_what,
    sum(b.online) FILTER (WHERE s.within),
    sum(b.in_person + b.postal) FILTER (WHERE s.within),
    sum(b.online + b.in_person + b.postal - b.early - b.on_time - b.late - b.undated - b.refused - b.withdrawn
        - b.stopped) FILTER (WHERE NOT s.within),
    sum(b.early) FILTER (WHERE s.within),
    sum(b.on_time) FILTER (WHERE s.within),
    sum(b.late) FILTER (WHERE s.within),
    sum(b.undated) FILTER (WHERE s.within),
    sum(b.refused) FILTER (WHERE s.within),
    sum(b.withdrawn) FILTER (WHERE s.within),
    sum(b.stopped) FILTER (WHERE s.within),
    sum(b.overdue),
    sum(b.met) FILTER (WHERE s.within),
    sum(b.missed) FILTER (WHERE s.within),
    sum(b.failing)
FROM json_to_recordset(%(pieces)s::json) AS s (grain text, starts date, until date, within boolean)
JOIN dossier_books b ON b.grain = s.grain AND b.starts >= s.starts AND b.starts < s.until
WHERE (%(agencies)s::text[] IS NULL OR b.agency = ANY (%(agencies)s::text[]))
  AND (%(procedures)s::text[] IS NULL OR b.procedure = ANY (%(procedures)s::text[]))
GROUP BY of_what
