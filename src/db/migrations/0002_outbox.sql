-- Letters, rendered when queued, kept for ever. Times are Unix milliseconds.

CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY,
    message_id    TEXT    NOT NULL UNIQUE,
    thread        TEXT,
    written       INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    severity      TEXT,
    rule          TEXT,
    isbn          TEXT,
    stores        TEXT    NOT NULL CHECK (json_valid(stores)),
    to_name       TEXT    NOT NULL,
    to_address    TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    queued_at     INTEGER NOT NULL,
    tries         INTEGER NOT NULL DEFAULT 0,
    next_try_at   INTEGER NOT NULL,
    last_try_at   INTEGER,
    -- What the last failed try meant, and its words.
    last_meaning  TEXT,
    last_error    TEXT,
    -- Who is sending it just now; void from claimed_until on, so that a kill frees it.
    claimed_by    TEXT,
    claimed_until INTEGER,
    delivered_at  INTEGER,
    answer        TEXT,
    -- Refused for good, or given up: kept and shown.
    failed_at     INTEGER,
    -- The author said: do not send it.
    dropped_at    INTEGER,
    -- Its parts, packed with zstd. They come last, so that lists of letters need not pass over them.
    body_text     BLOB    NOT NULL,
    body_html     BLOB    NOT NULL
) STRICT;

CREATE INDEX outbox_waiting ON outbox (next_try_at, id)
WHERE delivered_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL;

CREATE INDEX outbox_by_edition ON outbox (isbn, written);

-- A letter is never rewritten: what was decided is what is sent, at every try.
CREATE TRIGGER letter_is_never_rewritten
BEFORE UPDATE OF message_id, thread, written, to_address, subject, body_text, body_html, queued_at
ON outbox
BEGIN SELECT RAISE (ABORT, 'a queued letter is never rewritten'); END;

CREATE TRIGGER letter_is_never_deleted BEFORE DELETE ON outbox
BEGIN SELECT RAISE (ABORT, 'letters are kept'); END;
