-- Where each subscribing agency's announcements on lienthong.events have come to.
CREATE TABLE event_cursors (
    agency      text PRIMARY KEY,
    xid         xid8 NOT NULL,
    transfer_id uuid NOT NULL,
    seq         integer NOT NULL
);
COMMENT ON TABLE event_cursors IS 'How far the ledger has been announced to each agency that subscribes to lienthong.events.';
