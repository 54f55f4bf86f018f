SELECT b.starts, b.submitted, b.ended, b.handed_quickly, b.handed_in_time, b.handed_late
FROM traffic_books b
WHERE b.starts > %(since)s
  AND b.starts <= %(now)s
ORDER BY b.starts
