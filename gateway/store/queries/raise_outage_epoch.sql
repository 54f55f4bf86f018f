-- Orders declarations, and tells every process that what it remembers of outages is old.
UPDATE outage_epoch
SET no = no + 1
