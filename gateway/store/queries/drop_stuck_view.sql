DELETE FROM stuck_views
WHERE person = %s
  AND id = %s
