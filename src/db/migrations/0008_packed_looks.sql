-- Looks that gave the same, one after the other, in one row: nothing of them is lost, not even the
-- time of a single one. Times are Unix milliseconds.

CREATE TABLE packed_look (
    listing_id INTEGER NOT NULL REFERENCES listing (id),
    first      INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    reading_id INTEGER NOT NULL REFERENCES reading (id),
    source     INTEGER NOT NULL,
    looks      INTEGER NOT NULL CHECK (looks >= 2),
    -- The milliseconds from each look to the next, in LEB128.
    gaps       BLOB    NOT NULL,
    CHECK (first < last),
    CHECK (length(gaps) >= looks - 1),
    PRIMARY KEY (listing_id, first)
) STRICT, WITHOUT ROWID;

-- A row may only stand for looks that are there: exactly so many, all the same, no other between.
CREATE TRIGGER packed_look_stands_for_looks BEFORE INSERT ON packed_look
WHEN NEW.looks <> (
    SELECT count(*) FROM observation o
    WHERE o.listing_id = NEW.listing_id AND o.at BETWEEN NEW.first AND NEW.last
        AND o.reading_id = NEW.reading_id AND o.source = NEW.source)
    OR NEW.looks <> (
    SELECT count(*) FROM observation o
    WHERE o.listing_id = NEW.listing_id AND o.at BETWEEN NEW.first AND NEW.last)
BEGIN SELECT RAISE (ABORT, 'a packed row stands for the looks that it covers'); END;

CREATE TRIGGER packed_look_is_never_changed BEFORE UPDATE ON packed_look
BEGIN SELECT RAISE (ABORT, 'packed looks are only appended'); END;

CREATE TRIGGER packed_look_is_never_deleted BEFORE DELETE ON packed_look
BEGIN SELECT RAISE (ABORT, 'packed looks are only appended'); END;

-- An observation may go once a packed row stands for it, and not before.
DROP TRIGGER observation_is_never_deleted;

CREATE TRIGGER observation_is_never_lost BEFORE DELETE ON observation
WHEN NOT coalesce((
    SELECT OLD.at <= p.last AND p.reading_id = OLD.reading_id AND p.source = OLD.source
    FROM packed_look p WHERE p.listing_id = OLD.listing_id AND p.first <= OLD.at
    ORDER BY p.first DESC LIMIT 1), 0)
BEGIN SELECT RAISE (ABORT, 'observations are only appended'); END;

-- Up to where a listing's looks have been gone over, and when that is worth while again.
ALTER TABLE listing ADD COLUMN packed_until INTEGER;
ALTER TABLE listing ADD COLUMN pack_at INTEGER;
CREATE INDEX listing_by_pack_at ON listing (pack_at);

-- Forgetting old evidence asks which bodies are still used, and so do the foreign keys.
CREATE INDEX evidence_by_parts ON evidence (parts_id);
CREATE INDEX evidence_by_picture ON evidence (picture_id) WHERE picture_id IS NOT NULL;
