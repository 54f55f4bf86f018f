-- A system that serves an agency and those below it: one declaration covers them all.
ALTER TABLE outages ADD COLUMN covers text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN outages.covers IS 'Every agency whose hops it holds, as the directory stood when it was declared: the agency itself, or it and all below it. Empty for this gateway.';
UPDATE outages SET covers = ARRAY[agency] WHERE agency IS NOT NULL;
