-- Approved versions are never taken back: a number that stands still means nothing new.
SELECT count(*)
FROM calendar_versions
WHERE approved_at IS NOT NULL
