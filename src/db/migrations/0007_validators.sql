-- By what the newest page of a listing can be recognised, so that an unchanged one need not be
-- sent again. A row lasts until the next look that read a page, or could not. Times are Unix
-- milliseconds.
CREATE TABLE validator (
    listing_id    INTEGER PRIMARY KEY REFERENCES listing (id),
    address       TEXT    NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    reading_id    INTEGER NOT NULL REFERENCES reading (id),
    read_at       INTEGER NOT NULL,
    CHECK (etag IS NOT NULL OR last_modified IS NOT NULL)
) STRICT;
