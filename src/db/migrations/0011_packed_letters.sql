-- The bodies of letters, packed: they were most of a database, and all say nearly the same.

CREATE TABLE letter_body (
    letter_id  INTEGER PRIMARY KEY REFERENCES outbox (id),
    -- The program's dictionary with which it was packed.
    dictionary INTEGER NOT NULL CHECK (dictionary >= 1),
    -- So many bytes of what it unpacks to are the text part, the rest is the HTML part.
    text_bytes INTEGER NOT NULL CHECK (text_bytes >= 0),
    packed     BLOB    NOT NULL
) STRICT;

CREATE TRIGGER letter_body_is_never_changed BEFORE UPDATE ON letter_body
BEGIN SELECT RAISE (ABORT, 'a queued letter is never rewritten'); END;

CREATE TRIGGER letter_body_is_never_deleted BEFORE DELETE ON letter_body
BEGIN SELECT RAISE (ABORT, 'letters are kept'); END;

-- The parts of a letter may go once a packed body stands for them, and not before.
DROP TRIGGER letter_is_never_rewritten;

CREATE TRIGGER letter_is_never_rewritten
BEFORE UPDATE OF message_id, thread, written, to_address, subject, queued_at ON outbox
BEGIN SELECT RAISE (ABORT, 'a queued letter is never rewritten'); END;

CREATE TRIGGER letter_parts_are_never_lost BEFORE UPDATE OF body_text, body_html ON outbox
WHEN NEW.body_text <> '' OR NEW.body_html <> ''
    OR NOT EXISTS (SELECT 1 FROM letter_body WHERE letter_id = OLD.id)
BEGIN SELECT RAISE (ABORT, 'a queued letter is never rewritten'); END;

-- Letters that an older program wrote, which are packed a few at a time.
CREATE INDEX outbox_unpacked ON outbox (id) WHERE body_text <> '' OR body_html <> '';
