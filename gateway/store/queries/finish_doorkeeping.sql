-- What was wanted when the round began is done; what ended meanwhile is the next round's.
UPDATE doorkeeping
SET done = %(wanted)s,
    done_at = %(began_at)s,
    leased_until = '-infinity'
WHERE lease_no = %(lease)s
