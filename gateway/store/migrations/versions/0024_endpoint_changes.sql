-- Every process knows how every agency is reached, and reads only what changed of that.
CREATE TABLE endpoint_changes (
    agency text NOT NULL,
    about  text NOT NULL CHECK (about IN ('endpoints', 'members')),
    xid    xid8 NOT NULL,
    PRIMARY KEY (agency, about)
);
CREATE INDEX endpoint_changes_since ON endpoint_changes (xid);
COMMENT ON TABLE endpoint_changes IS 'Which transaction last changed how an agency is reached or what its software takes. One row per agency and table, kept when the agency leaves.';
COMMENT ON COLUMN endpoint_changes.about IS 'The table whose row changed: whoever locks this row holds that one already, so that no new order of locks comes about.';

CREATE FUNCTION note_endpoint_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO endpoint_changes (agency, about, xid)
    SELECT DISTINCT a.code, TG_TABLE_NAME, pg_current_xact_id()
    FROM (VALUES (OLD.agency), (NEW.agency)) a (code)
    WHERE a.code IS NOT NULL
    ON CONFLICT (agency, about) DO UPDATE
    SET xid = EXCLUDED.xid
    WHERE endpoint_changes.xid <> EXCLUDED.xid;
    RETURN NULL;
END
$$;

CREATE TRIGGER endpoint_came_or_went AFTER INSERT OR DELETE ON endpoints
    FOR EACH ROW EXECUTE FUNCTION note_endpoint_change();
-- All but a paced call's turn, which is taken at every call and read by nobody but the next one.
CREATE TRIGGER endpoint_changed AFTER UPDATE ON endpoints
    FOR EACH ROW WHEN (to_jsonb(OLD) - 'next_call_at' IS DISTINCT FROM to_jsonb(NEW) - 'next_call_at')
    EXECUTE FUNCTION note_endpoint_change();
CREATE TRIGGER member_came_or_went AFTER INSERT OR DELETE ON members
    FOR EACH ROW EXECUTE FUNCTION note_endpoint_change();
CREATE TRIGGER member_changed AFTER UPDATE ON members
    FOR EACH ROW WHEN (OLD.capabilities IS DISTINCT FROM NEW.capabilities)
    EXECUTE FUNCTION note_endpoint_change();

INSERT INTO endpoint_changes (agency, about, xid)
SELECT e.agency, 'endpoints', pg_current_xact_id()
FROM endpoints e;
