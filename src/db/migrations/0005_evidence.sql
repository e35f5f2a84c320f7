-- What a page looked like when its state changed. Times are Unix milliseconds.

-- The parts of a page that were read, or a picture of it, packed with zstd, once however often it
-- was the same. The hash (FNV-1a) finds candidates; the bytes decide.
CREATE TABLE evidence_body (
    id     INTEGER PRIMARY KEY,
    hash   INTEGER NOT NULL,
    packed BLOB    NOT NULL
) STRICT;

CREATE INDEX evidence_body_by_hash ON evidence_body (hash);

CREATE TABLE evidence (
    listing_id INTEGER NOT NULL REFERENCES listing (id),
    at         INTEGER NOT NULL,
    source     INTEGER NOT NULL,
    status     INTEGER,
    address    TEXT    NOT NULL,
    headers    TEXT    NOT NULL CHECK (json_valid(headers)),
    parts_id   INTEGER NOT NULL REFERENCES evidence_body (id),
    picture_id INTEGER REFERENCES evidence_body (id),
    PRIMARY KEY (listing_id, at)
) STRICT, WITHOUT ROWID;
