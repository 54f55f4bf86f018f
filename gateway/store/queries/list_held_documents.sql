-- Which contents an agency had by then: handed in by itself, or served to it whole.
SELECT x.no
FROM json_to_recordset(%s::json) AS x(no integer, agency text, sha256 bytea, as_of timestamptz)
WHERE EXISTS (
    SELECT FROM document_holders h
    WHERE h.sha256 = x.sha256
      AND h.agency = x.agency
      AND h.since < x.as_of
)
OR EXISTS (
    SELECT FROM document_fetches f
    WHERE f.agency = x.agency
      AND f.sha256 = x.sha256
      AND f.fetched_at < x.as_of
)
