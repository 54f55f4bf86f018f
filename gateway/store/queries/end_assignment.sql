DELETE FROM assignments
WHERE subject = %s
