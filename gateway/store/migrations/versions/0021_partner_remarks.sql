-- What partners said of turns without moving them: a node's arrivals and assignments, the
-- negotiation of a recall. Text and the post itself lie in payloads, under the same id.
CREATE TABLE partner_remarks (
    id          uuid PRIMARY KEY,
    agency      text NOT NULL,
    message_id  text NOT NULL,
    transfer_id uuid NOT NULL,
    step        text,
    round       integer,
    event       text NOT NULL,
    code        text NOT NULL,
    said_by     text NOT NULL,
    claimed_at  timestamptz,
    recorded_at timestamptz NOT NULL,
    UNIQUE (agency, message_id)
);
CREATE INDEX partner_remarks_of_transfer ON partner_remarks (transfer_id, id);
COMMENT ON TABLE partner_remarks IS 'What a partner said of a turn that changes nothing there: raw code and which event it is. Never coerced into a state.';
COMMENT ON COLUMN partner_remarks.message_id IS 'The partner''s own id of it, after its dialect: the same remark again is the same row.';
COMMENT ON COLUMN partner_remarks.said_by IS 'Who said it, as the partner wrote itself: not always the agency, where a letter has several receivers.';
