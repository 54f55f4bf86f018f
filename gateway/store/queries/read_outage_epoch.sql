-- Which state of the declared outages a snapshot belongs to.
SELECT e.no
FROM outage_epoch e
