-- Content that was purged is here again, in another file and under another key.
UPDATE documents d
SET blob = %(blob)s,
    media_type = %(media_type)s,
    state = %(state)s,
    key_id = %(key_id)s,
    sealed_key = %(sealed_key)s,
    stored_at = %(now)s,
    touched_at = %(now)s,
    judged_at = NULL,
    purged_at = NULL,
    leased_until = '-infinity'
WHERE d.sha256 = %(sha256)s
