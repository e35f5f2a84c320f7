-- What every host was asked and did to us, so that a restart forgets no courtesy.
-- Times are UTC milliseconds since 1970.
CREATE TABLE host (
    name         TEXT PRIMARY KEY,   -- as www.amazon.com, or 127.0.0.1:8080
    next_allowed INTEGER,            -- nobody asks before
    refusals     INTEGER NOT NULL DEFAULT 0,
    failures     INTEGER NOT NULL DEFAULT 0,
    shut_until   INTEGER,            -- the breaker: nobody asks before
    why          TEXT,               -- what happened, in words, while there is trouble
    refused_at   INTEGER,            -- the newest page that counted as a refusal
    day          TEXT,               -- the UTC day that `requests` counts
    requests     INTEGER NOT NULL DEFAULT 0,
    lease_holder TEXT,               -- who may ask it now
    lease_until  INTEGER,
    CHECK ((lease_holder IS NULL) = (lease_until IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE robots (
    origin     TEXT PRIMARY KEY,     -- as https://www.amazon.com
    status     INTEGER NOT NULL,     -- the HTTP status; 0: no file and no answer that means "none"
    body       TEXT NOT NULL,        -- the file; with status 0, why it could not be had
    fetched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
