-- Where the feed stands now: everything older than the oldest transaction that still runs.
SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::numeric - 1)::text
