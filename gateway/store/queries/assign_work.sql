-- Who works on it from now on; nobody, if no person is named. One row per subject, the last word counts.
INSERT INTO assignments (subject, person, assigned_by)
SELECT %(subject)s, %(person)s, %(by)s
ON CONFLICT (subject) DO UPDATE
SET person = EXCLUDED.person,
    assigned_by = EXCLUDED.assigned_by,
    assigned_at = clock_timestamp()
