-- The overlap of a rotated signing secret is over: only the present key (the first) signs from now on.
UPDATE endpoints
SET secret = split_part(secret, ' ', 1),
    former_until = NULL
WHERE former_until <= clock_timestamp()
