UPDATE doorkeeping
SET wanted = wanted + 1
