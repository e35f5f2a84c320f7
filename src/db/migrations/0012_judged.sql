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
