SELECT name, version, document
FROM calendar_versions
WHERE approved_at IS NOT NULL
ORDER BY name, version
