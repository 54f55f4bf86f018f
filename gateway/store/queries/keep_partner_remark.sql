-- Whether the transfer concerns the agency, and whether the remark is new. A replay keeps the first.
WITH concerned AS (
    SELECT 1
    FROM transfers t
    WHERE t.id = %(transfer)s
      AND (t.originator = %(agency)s
           OR EXISTS (SELECT FROM hops h WHERE h.transfer_id = t.id AND h.agency = %(agency)s))
), kept AS (
    INSERT INTO partner_remarks (id, agency, message_id, transfer_id, step, round, event, code, said_by, claimed_at, recorded_at)
    SELECT %(id)s::uuid, %(agency)s::text, %(message)s::text, %(transfer)s::uuid, %(step)s::text, %(round)s::integer,
           %(event)s::text, %(code)s::text, %(said_by)s::text, %(claimed_at)s::timestamptz, %(recorded_at)s::timestamptz
    FROM concerned
    ON CONFLICT (agency, message_id) DO NOTHING
    RETURNING id
)
SELECT EXISTS (SELECT FROM concerned), EXISTS (SELECT FROM kept)
