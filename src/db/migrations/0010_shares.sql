-- Read-only links for clients. Of the secret in a link only its hash is kept; a link that was
-- withdrawn stays, so that it is known that it was given. Times are Unix milliseconds.
CREATE TABLE share (
    id        INTEGER PRIMARY KEY,
    client    TEXT    NOT NULL,
    hash      TEXT    NOT NULL UNIQUE,
    made      INTEGER NOT NULL,
    withdrawn INTEGER
) STRICT;

-- The letters that have not gone out are few among many.
CREATE INDEX outbox_undelivered ON outbox (id)
WHERE delivered_at IS NULL AND dropped_at IS NULL;
