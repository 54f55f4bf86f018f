-- What each month of a year or so counted, by agency: from the books' own months.
SELECT b.starts, b.agency,
    sum(b.online + b.in_person + b.postal),
    sum(b.online),
    sum(b.early + b.on_time + b.undated + b.refused + b.withdrawn + b.stopped),
    sum(b.late),
    sum(b.met),
    sum(b.missed)
FROM dossier_books b
WHERE b.grain = 'month'
  AND b.starts >= %(since)s::date
  AND b.starts <= %(until)s::date
GROUP BY b.starts, b.agency
