-- What was seen. Times are Unix milliseconds; dates inside readings are ISO 8601.

CREATE TABLE listing (
    id             INTEGER PRIMARY KEY,
    isbn           TEXT    NOT NULL CHECK (length(isbn) = 13),
    store          TEXT    NOT NULL,
    first_try      INTEGER,
    last_try       INTEGER,
    last_good      INTEGER,
    -- While the newest tries were unread: since when, how many, and the newest unread reading.
    blind_since    INTEGER,
    blind_attempts INTEGER NOT NULL DEFAULT 0,
    blind_reading  INTEGER REFERENCES reading (id),
    -- A process is asking for the page just now; void from then on, so that a kill frees it.
    asking_until   INTEGER,
    UNIQUE (isbn, store)
) STRICT;

-- What a page said, once per listing however often it said so: an unchanged look costs one row of
-- observation and nothing here.
CREATE TABLE reading (
    id         INTEGER PRIMARY KEY,
    listing_id INTEGER NOT NULL REFERENCES listing (id),
    body       TEXT    NOT NULL CHECK (json_valid(body)),
    UNIQUE (listing_id, body)
) STRICT;

CREATE TABLE observation (
    listing_id INTEGER NOT NULL REFERENCES listing (id),
    at         INTEGER NOT NULL,
    reading_id INTEGER NOT NULL REFERENCES reading (id),
    source     INTEGER NOT NULL,
    PRIMARY KEY (listing_id, at)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER observation_is_never_changed BEFORE UPDATE ON observation
BEGIN SELECT RAISE (ABORT, 'observations are only appended'); END;

CREATE TRIGGER observation_is_never_deleted BEFORE DELETE ON observation
BEGIN SELECT RAISE (ABORT, 'observations are only appended'); END;

CREATE TABLE spell (
    listing_id   INTEGER NOT NULL REFERENCES listing (id),
    since        INTEGER NOT NULL,
    availability TEXT    NOT NULL,
    last_seen    INTEGER NOT NULL,
    until        INTEGER,
    readings     INTEGER NOT NULL,
    confirmed_at INTEGER,
    reading_id   INTEGER NOT NULL REFERENCES reading (id),
    PRIMARY KEY (listing_id, since)
) STRICT, WITHOUT ROWID;

-- What the author told us. A note is never deleted, only taken back.
CREATE TABLE note (
    id            INTEGER PRIMARY KEY,
    isbn          TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    written_at    INTEGER NOT NULL,
    kind          TEXT    NOT NULL CHECK (json_valid(kind)),
    store         TEXT,
    ticket        TEXT,
    words         TEXT,
    taken_back_at INTEGER
) STRICT;

CREATE INDEX note_by_edition ON note (isbn, at);

-- One row a round, so that people see when we last looked.
CREATE TABLE round (
    id     INTEGER PRIMARY KEY,
    began  INTEGER NOT NULL,
    ended  INTEGER,
    asked  INTEGER NOT NULL DEFAULT 0,
    read   INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0
) STRICT;
