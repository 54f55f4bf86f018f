UPDATE members
SET state = %(state)s,
    resumes_as = %(resumes_as)s,
    since = clock_timestamp()
WHERE agency = %(agency)s
