SELECT count(*) AS count
FROM (SELECT FROM wanted LIMIT %(limit)s) w
