-- Sessions of ours that stand still inside a transaction: their locks are freed, their work comes again.
-- Between the parts of a pipeline such a session is "active" and waits for its client to go on.
SELECT a.pid, pg_terminate_backend(a.pid)
FROM pg_stat_activity a
WHERE a.datname = current_database()
  AND a.usename = current_user
  AND a.application_name = current_setting('application_name')
  AND (a.state LIKE 'idle in transaction%%' OR (a.state = 'active' AND a.wait_event = 'ClientRead'))
  AND a.state_change < clock_timestamp() - %s * interval '1 second'
  AND a.pid <> pg_backend_pid()
