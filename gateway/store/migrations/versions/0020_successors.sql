ALTER TABLE broker_credentials ADD COLUMN successor text;
COMMENT ON COLUMN broker_credentials.successor IS 'The user that follows this one since it was rotated: nobody has to be warned of its end.';
