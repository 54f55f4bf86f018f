-- Whether what an act touches lies within a reach, all of it.
SELECT EXISTS (SELECT FROM trail_agencies w WHERE w.id = %(act)s)
    AND NOT EXISTS (SELECT FROM trail_agencies w WHERE w.id = %(act)s AND w.agency <> ALL (%(reach)s::text[]))
