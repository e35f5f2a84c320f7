-- Tables have rowids and an index over every row, so that SQLite's own check finds a page of theirs
-- that was overwritten with another, and rows that are gone. Only observations, which are many and
-- small, and a few that hold nothing worth keeping have none (tests/it/overwritten.rs).
-- Times are Unix milliseconds; days, and dates inside readings, are ISO 8601. JSON is checked where
-- it stands. What was seen and what was promised cannot be changed: triggers hold it.

-- WHAT WAS SEEN

-- A page that is watched: an edition at a store.
CREATE TABLE listing (
    id             INTEGER PRIMARY KEY,
    -- An ISBN of 13 digits, an ASIN of 10 characters, or a store and its own number.
    edition        TEXT    NOT NULL CHECK (edition <> ''),
    store          TEXT    NOT NULL,             -- as amazon.com
    first_try      INTEGER,
    last_try       INTEGER,
    last_good      INTEGER,                      -- the newest look that named a state
    -- Until when that may be spoken of as what is, by how often the page was to be looked at then.
    good_until     INTEGER,
    -- While the newest looks could not be read: since when, how many, and the newest of them.
    blind_since    INTEGER,
    blind_attempts INTEGER NOT NULL DEFAULT 0,
    blind_reading  INTEGER REFERENCES reading (id),
    -- A process is asking for the page just now; void from then on, so that a kill frees it.
    asking_until   INTEGER,
    -- How often it was looked at today, so that a restart gives no look back.
    day            TEXT,                         -- the UTC day that `looks` counts
    looks          INTEGER NOT NULL DEFAULT 0,
    UNIQUE (edition, store)
) STRICT;

-- Time in which a page was not seen: it could not be read, or nobody looked for longer than was to
-- be. From the end of what the look before may speak for until the look that named a state again.
CREATE TABLE gap (
    listing_id INTEGER NOT NULL REFERENCES listing (id),
    since      INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    PRIMARY KEY (listing_id, since)
) STRICT;

-- What a page said, once per listing however often it said so: an unchanged look costs one row of
-- observation and nothing here.
CREATE TABLE reading (
    id         INTEGER PRIMARY KEY,
    listing_id INTEGER NOT NULL REFERENCES listing (id),
    body       TEXT    NOT NULL CHECK (json_valid(body)),
    UNIQUE (listing_id, body)
) STRICT;

-- One look at one page: some 28 bytes.
CREATE TABLE observation (
    listing_id INTEGER NOT NULL REFERENCES listing (id),
    at         INTEGER NOT NULL,
    reading_id INTEGER NOT NULL REFERENCES reading (id),
    source     INTEGER NOT NULL,                 -- the way in: 0 HTTP, 1 browser, 2 command, 3 API, 4 by hand, 5 companion
    PRIMARY KEY (listing_id, at)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER observation_is_never_changed BEFORE UPDATE ON observation
BEGIN SELECT RAISE (ABORT, 'observations are only appended'); END;

-- Looks that count no more, and are kept: what the author told and took back, and what a clock that
-- was ahead has dated after looks that came later.
CREATE TABLE set_aside (
    listing_id   INTEGER NOT NULL REFERENCES listing (id),
    at           INTEGER NOT NULL,
    reading_id   INTEGER NOT NULL REFERENCES reading (id),
    source       INTEGER NOT NULL,               -- as in observation
    set_aside_at INTEGER NOT NULL,
    PRIMARY KEY (listing_id, at)
) STRICT;

CREATE TRIGGER observation_is_never_deleted BEFORE DELETE ON observation
WHEN NOT EXISTS (SELECT 1 FROM set_aside a WHERE a.listing_id = OLD.listing_id AND a.at = OLD.at)
BEGIN SELECT RAISE (ABORT, 'observations are only appended'); END;

-- How long a page has shown one state.
CREATE TABLE spell (
    listing_id   INTEGER NOT NULL REFERENCES listing (id),
    since        INTEGER NOT NULL,
    availability TEXT    NOT NULL,
    last_seen    INTEGER NOT NULL,
    until        INTEGER,                        -- while it lasts there is no end
    readings     INTEGER NOT NULL,               -- so many looks gave it
    confirmed_at INTEGER,                        -- the second look that gave it
    reading_id   INTEGER NOT NULL REFERENCES reading (id),
    PRIMARY KEY (listing_id, since)
) STRICT;

-- The parts of a page that were read, or a picture of it, packed with zstd, once however often it
-- was the same. The hash (FNV-1a) finds candidates; the bytes decide.
CREATE TABLE evidence_body (
    id     INTEGER PRIMARY KEY,
    hash   INTEGER NOT NULL,
    packed BLOB    NOT NULL
) STRICT;

CREATE INDEX evidence_body_by_hash ON evidence_body (hash);

-- What a page looked like when its state changed.
CREATE TABLE evidence (
    listing_id INTEGER NOT NULL REFERENCES listing (id),
    at         INTEGER NOT NULL,
    source     INTEGER NOT NULL,                 -- as in observation
    status     INTEGER,                          -- the HTTP status
    address    TEXT    NOT NULL,
    headers    TEXT    NOT NULL CHECK (json_valid(headers)),
    parts_id   INTEGER NOT NULL REFERENCES evidence_body (id),
    picture_id INTEGER REFERENCES evidence_body (id),
    PRIMARY KEY (listing_id, at)
) STRICT, WITHOUT ROWID;

-- Forgetting old evidence asks which bodies are still used, and so do the foreign keys.
CREATE INDEX evidence_by_parts ON evidence (parts_id);
CREATE INDEX evidence_by_picture ON evidence (picture_id) WHERE picture_id IS NOT NULL;

-- By what the newest page of a listing can be recognised, so that an unchanged one need not be
-- sent again. A row lasts until the next look that read a page, or could not.
CREATE TABLE validator (
    listing_id    INTEGER PRIMARY KEY REFERENCES listing (id),
    address       TEXT    NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    reading_id    INTEGER NOT NULL REFERENCES reading (id),
    read_at       INTEGER NOT NULL,
    CHECK (etag IS NOT NULL OR last_modified IS NOT NULL)
) STRICT;

-- What the author told us. A note is never deleted, only taken back.
CREATE TABLE note (
    id            INTEGER PRIMARY KEY,
    edition          TEXT    NOT NULL,
    at            INTEGER NOT NULL,              -- since when it holds
    written_at    INTEGER NOT NULL,
    kind          TEXT    NOT NULL CHECK (json_valid(kind)),
    store         TEXT,                          -- without one it is about all of them
    ticket        TEXT,                          -- the number of the support request
    words         TEXT,
    taken_back_at INTEGER
) STRICT;

CREATE INDEX note_by_edition ON note (edition, at);

-- HOW WE ASKED

-- One row a round, so that people see when we last looked.
CREATE TABLE round (
    id          INTEGER PRIMARY KEY,
    began       INTEGER NOT NULL,
    ended       INTEGER,
    asked       INTEGER NOT NULL DEFAULT 0,
    read        INTEGER NOT NULL DEFAULT 0,
    unread      INTEGER NOT NULL DEFAULT 0,
    -- Nobody had looked since then, for longer than was to be: the machine was off, or asleep.
    slept_since INTEGER
) STRICT;

CREATE INDEX round_after_sleep ON round (id) WHERE slept_since IS NOT NULL;

CREATE INDEX round_by_began ON round (began);

-- Years may pass in which every page is read.
CREATE INDEX round_unread ON round (ended) WHERE 0 < unread;

-- What every host was asked and did to us, so that a restart forgets no courtesy.
CREATE TABLE host (
    name         TEXT    PRIMARY KEY,            -- as www.amazon.com, or 127.0.0.1:8080
    next_allowed INTEGER,                        -- nobody asks before
    refusals     INTEGER NOT NULL DEFAULT 0,
    failures     INTEGER NOT NULL DEFAULT 0,
    shut_until   INTEGER,                        -- the breaker: nobody asks before
    why          TEXT,                           -- what happened, in words, while there is trouble
    refused_at   INTEGER,                        -- the newest page that counted as a refusal
    day          TEXT,                           -- the UTC day that `requests` counts
    requests     INTEGER NOT NULL DEFAULT 0,
    lease_holder TEXT,                           -- who may ask it now
    lease_until  INTEGER,
    CHECK ((lease_holder IS NULL) = (lease_until IS NULL))
) STRICT;

CREATE TABLE robots (
    origin     TEXT    PRIMARY KEY,              -- as https://www.amazon.com
    status     INTEGER NOT NULL,                 -- the HTTP status; 0: no file and no answer that means "none"
    body       TEXT    NOT NULL,                 -- the file; with status 0, why it could not be had
    fetched_at INTEGER NOT NULL
) STRICT;

-- WHAT IT MEANS

-- One row for each time that a cause opened; at most one of a kind is open at a time.
CREATE TABLE alert (
    id        INTEGER PRIMARY KEY,
    cause     TEXT    NOT NULL,
    edition      TEXT    NOT NULL,
    stores    TEXT    NOT NULL CHECK (json_valid(stores)),   -- an array, in the edition's order
    finding   TEXT    NOT NULL CHECK (json_valid(finding)),  -- the facts, when judged last
    opened    INTEGER NOT NULL,
    since     INTEGER NOT NULL,
    -- Quiet: something explains it, and the page does not show yet what it should.
    severity  TEXT    NOT NULL CHECK (severity IN ('quiet', 'watch', 'to-do', 'act')),
    act_since INTEGER,
    told      TEXT             CHECK (told IN ('watch', 'to-do', 'act')),
    last_told INTEGER,
    thread    TEXT,                              -- the Message-ID of its first letter
    is_flap   INTEGER NOT NULL DEFAULT 0,
    over      INTEGER                            -- while it lasts there is no end
) STRICT;

CREATE UNIQUE INDEX alert_open ON alert (edition, cause, stores) WHERE over IS NULL;
CREATE INDEX alert_over ON alert (edition, over) WHERE over IS NOT NULL;

-- What was thought of an edition when it was judged last: pages, status, digests and programs read
-- this, and nobody judges twice.
CREATE TABLE judged (
    edition     TEXT    PRIMARY KEY,
    at       INTEGER NOT NULL,
    version  INTEGER NOT NULL,                   -- the form of the facts; another is judged anew
    findings TEXT    NOT NULL CHECK (json_valid(findings)),
    outlooks TEXT    NOT NULL CHECK (json_valid(outlooks))   -- is each page normal, until when?
) STRICT;

-- The dates of the configuration as we saw them last, so that a change is noticed, and noted with
-- its day.
CREATE TABLE configured (
    edition        TEXT PRIMARY KEY,
    publication    TEXT NOT NULL CHECK (publication GLOB '*-[0-9][0-9]-[0-9][0-9]'),
    on_sale        TEXT NOT NULL CHECK (on_sale GLOB '*-[0-9][0-9]-[0-9][0-9]')
) STRICT;

-- News is told once.
CREATE TABLE news (
    edition   TEXT    NOT NULL,
    rule   TEXT    NOT NULL,
    stores TEXT    NOT NULL CHECK (json_valid(stores)),
    told   INTEGER NOT NULL,
    PRIMARY KEY (edition, rule, stores)
) STRICT;

-- Notices about Pubwatch itself, as that our own line is down: one row for each time.
CREATE TABLE notice (
    id     INTEGER PRIMARY KEY,
    rule   TEXT    NOT NULL,
    opened INTEGER NOT NULL,
    over   INTEGER
) STRICT;

CREATE UNIQUE INDEX notice_open ON notice (rule) WHERE over IS NULL;
CREATE INDEX notice_by_rule ON notice (rule, opened);

-- When a letter about an edition was written: one a day is the rule.
CREATE TABLE letter_day (
    edition       TEXT    NOT NULL,
    written    INTEGER NOT NULL,
    message_id TEXT    NOT NULL,                 -- one letter may tell of several formats
    UNIQUE (edition, message_id)
) STRICT;

CREATE INDEX letter_day_by_edition ON letter_day (edition, written);

-- When a digest was due and nobody needed one.
CREATE TABLE digest_spared (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL UNIQUE
) STRICT;

-- WHO HEARS OF IT

-- Letters, rendered when queued, kept for ever.
CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY,
    message_id    TEXT    NOT NULL UNIQUE,
    thread        TEXT,                          -- the Message-ID that it refers to
    written       INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    severity      TEXT,
    rule          TEXT,
    edition          TEXT,
    stores        TEXT    NOT NULL CHECK (json_valid(stores)),
    to_name       TEXT    NOT NULL,
    to_address    TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    -- 'mail', 'webhook:NAME' or 'ntfy:NAME'. Each way has its own troubles, so its letters are
    -- claimed, held back and released for themselves.
    route         TEXT    NOT NULL DEFAULT 'mail',
    queued_at     INTEGER NOT NULL,
    tries         INTEGER NOT NULL DEFAULT 0,
    next_try_at   INTEGER NOT NULL,
    last_try_at   INTEGER,
    last_meaning  TEXT,                          -- what the last failed try meant, and its words
    last_error    TEXT,
    -- Who is sending it just now; void from claimed_until on, so that a kill frees it.
    claimed_by    TEXT,
    claimed_until INTEGER,
    delivered_at  INTEGER,
    answer        TEXT,                          -- the server's, or the file it was written to
    failed_at     INTEGER,                       -- refused for good, or given up: kept and shown
    dropped_at    INTEGER,                       -- the author said: do not send it
    -- Its parts, packed with zstd. They come last, so that lists of letters need not pass over them.
    body_text     BLOB    NOT NULL,
    body_html     BLOB    NOT NULL
) STRICT;

CREATE INDEX outbox_waiting ON outbox (route, next_try_at, id)
WHERE delivered_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL;

-- The letters that have not gone out are few among many.
CREATE INDEX outbox_undelivered ON outbox (id)
WHERE delivered_at IS NULL AND dropped_at IS NULL;

-- Those that the author dropped are fewer still.
CREATE INDEX outbox_dropped ON outbox (id) WHERE dropped_at IS NOT NULL;

-- How many letters a server was asked to take within the last hour.
CREATE INDEX outbox_tried ON outbox (route, last_try_at) WHERE last_try_at IS NOT NULL;

CREATE INDEX outbox_by_edition ON outbox (edition, written);

-- What was decided is what is sent, at every try, by the same way.
CREATE TRIGGER letter_is_never_rewritten
BEFORE UPDATE OF message_id, thread, written, to_address, subject, route, queued_at, body_text, body_html
ON outbox
BEGIN SELECT RAISE (ABORT, 'a queued letter is never rewritten'); END;

CREATE TRIGGER letter_is_never_deleted BEFORE DELETE ON outbox
BEGIN SELECT RAISE (ABORT, 'letters are kept'); END;

-- Passes that were given: read-only links for clients, and tokens of the author's companions. Of the
-- secret of a pass only its hash is kept; one that was withdrawn stays, so that it is known that it was
-- given.
CREATE TABLE pass (
    id        INTEGER PRIMARY KEY,
    client    TEXT,                     -- whose editions a link shows; NULL: a companion's token
    hash      TEXT    NOT NULL UNIQUE,
    made      INTEGER NOT NULL,
    origin    TEXT,                     -- the extension's, once a companion has spoken
    heard     INTEGER,                  -- when a companion handed something over last
    withdrawn INTEGER
) STRICT;

-- With what the links in letters are signed. It is made with the database, and exported by nothing.
CREATE TABLE answer_key (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    key BLOB    NOT NULL CHECK (length(key) = 32)
) STRICT;

-- SQLite draws it with ChaCha20, from a seed of the system's.
INSERT INTO answer_key (id, key) VALUES (1, randomblob(32));

-- The links in letters that were used, by their signatures: each is good for once.
CREATE TABLE answered (
    tag BLOB    PRIMARY KEY,
    at  INTEGER NOT NULL
) STRICT;

-- The service that keeps watch, so that others can tell what it runs; one row.
CREATE TABLE running (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    file        TEXT    NOT NULL,  -- the configuration
    since       INTEGER NOT NULL,  -- when it was taken over as it is in force
    beat        INTEGER NOT NULL,  -- the newest sign of life
    wrong       TEXT,              -- why the file is not in force as it is now
    wrong_since INTEGER
) STRICT;
