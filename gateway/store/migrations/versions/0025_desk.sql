-- What operators keep beside what is stuck: who works on it, what was noted, which questions they ask again.

CREATE TABLE assignments (
    subject     uuid PRIMARY KEY,
    person      text NOT NULL,
    assigned_by text NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX assignments_of_person ON assignments (person, subject);
COMMENT ON TABLE assignments IS 'Who works on what is stuck. The subject is a transfer, or a delivery or poison message without one.';
COMMENT ON COLUMN assignments.person IS 'The name under which somebody signs in; shown to operators only.';

CREATE TABLE notes (
    id      uuid PRIMARY KEY,
    subject uuid NOT NULL,
    text_id uuid NOT NULL,
    author  text NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (subject, text_id)
);
CREATE INDEX notes_of_subject ON notes (subject, id);
COMMENT ON TABLE notes IS 'That somebody noted something of a subject. The words lie in payloads under text_id, one text for a whole act.';

CREATE TABLE stuck_views (
    id      uuid PRIMARY KEY,
    person  text NOT NULL,
    name    text NOT NULL,
    filter  jsonb NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (person, name)
);
COMMENT ON TABLE stuck_views IS 'Questions that a person asks again, under names of their own, which nobody else reads.';

-- Who was taken off the lists: few, so that asking whether one was costs next to nothing.
CREATE INDEX transfers_archived ON transfers (id) WHERE archived;
