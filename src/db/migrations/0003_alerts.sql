-- Alerts and what was told. Times are Unix milliseconds.

-- One row for each time that a cause opened; at most one of a kind is open at a time.
CREATE TABLE alert (
    id        INTEGER PRIMARY KEY,
    rule      TEXT    NOT NULL,
    isbn      TEXT    NOT NULL,
    -- The stores, in the edition's order, as a JSON array.
    stores    TEXT    NOT NULL CHECK (json_valid(stores)),
    headline  TEXT    NOT NULL,
    opened    INTEGER NOT NULL,
    since     INTEGER NOT NULL,
    severity  TEXT    NOT NULL CHECK (severity IN ('watch', 'act')),
    act_since INTEGER,
    told      TEXT             CHECK (told IN ('watch', 'act')),
    last_told INTEGER,
    thread    TEXT,
    is_flap   INTEGER NOT NULL DEFAULT 0,
    -- While it lasts there is no end.
    over      INTEGER
) STRICT;

CREATE UNIQUE INDEX alert_open ON alert (isbn, rule, stores) WHERE over IS NULL;
CREATE INDEX alert_over ON alert (isbn, over) WHERE over IS NOT NULL;

-- News is told once.
CREATE TABLE news (
    isbn   TEXT    NOT NULL,
    rule   TEXT    NOT NULL,
    stores TEXT    NOT NULL CHECK (json_valid(stores)),
    told   INTEGER NOT NULL,
    PRIMARY KEY (isbn, rule, stores)
) STRICT, WITHOUT ROWID;

-- When a letter about an edition was written: one a day is the rule.
CREATE TABLE letter_day (
    isbn       TEXT    NOT NULL,
    written    INTEGER NOT NULL,
    message_id TEXT    NOT NULL UNIQUE
) STRICT;

CREATE INDEX letter_day_by_edition ON letter_day (isbn, written);

-- Notices about Pubwatch itself, as that our own line is down: one row for each time.
CREATE TABLE notice (
    id     INTEGER PRIMARY KEY,
    rule   TEXT    NOT NULL,
    opened INTEGER NOT NULL,
    over   INTEGER
) STRICT;

CREATE UNIQUE INDEX notice_open ON notice (rule) WHERE over IS NULL;
