-- Alerts keep the facts of what was found, instead of a headline.
DROP TABLE alert;

-- One row for each time that a cause opened; at most one of a kind is open at a time.
CREATE TABLE alert (
    id        INTEGER PRIMARY KEY,
    cause     TEXT    NOT NULL,
    isbn      TEXT    NOT NULL,
    -- The stores, in the edition's order, as a JSON array.
    stores    TEXT    NOT NULL CHECK (json_valid(stores)),
    -- What was found when it was judged last: its facts.
    finding   TEXT    NOT NULL CHECK (json_valid(finding)),
    opened    INTEGER NOT NULL,
    since     INTEGER NOT NULL,
    -- Quiet: something explains it, and the page does not show yet what it should.
    severity  TEXT    NOT NULL CHECK (severity IN ('quiet', 'watch', 'to-do', 'act')),
    act_since INTEGER,
    told      TEXT             CHECK (told IN ('watch', 'to-do', 'act')),
    last_told INTEGER,
    thread    TEXT,
    is_flap   INTEGER NOT NULL DEFAULT 0,
    -- While it lasts there is no end.
    over      INTEGER
) STRICT;

CREATE UNIQUE INDEX alert_open ON alert (isbn, cause, stores) WHERE over IS NULL;
CREATE INDEX alert_over ON alert (isbn, over) WHERE over IS NOT NULL;

-- What was thought of an edition when it was last judged: pages, status, digests and programs read
-- this, and nobody judges twice. Times are Unix milliseconds.
CREATE TABLE judged (
    isbn     TEXT    PRIMARY KEY,
    at       INTEGER NOT NULL,
    -- The form of the facts; another one is judged anew before it is shown.
    version  INTEGER NOT NULL,
    findings TEXT    NOT NULL CHECK (json_valid(findings)),
    -- For each page: is it normal, and until when?
    outlooks TEXT    NOT NULL CHECK (json_valid(outlooks))
) STRICT;

-- The dates of the configuration as we saw them last, so that a change is noticed, and noted with
-- its day.
CREATE TABLE configured (
    isbn        TEXT PRIMARY KEY,
    publication TEXT NOT NULL,
    on_sale     TEXT NOT NULL
) STRICT;
