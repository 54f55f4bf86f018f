-- Traffic by the quarter of an hour, added up by the bookkeeper from the ledger: the way of a message pays nothing for it.
CREATE TABLE traffic_books (
    starts         timestamptz PRIMARY KEY,
    submitted      integer NOT NULL,
    ended          integer NOT NULL,
    handed_quickly integer NOT NULL,
    handed_in_time integer NOT NULL,
    handed_late    integer NOT NULL
) WITH (fillfactor = 80);
COMMENT ON TABLE traffic_books IS 'What came in, was handed over and ended in each quarter of an hour, of all agencies together.';
COMMENT ON COLUMN traffic_books.handed_quickly IS 'Hand-overs that took at most 10 seconds from the decision to the agency''s system; in_time: at most 10 minutes, the limit; late: longer.';
