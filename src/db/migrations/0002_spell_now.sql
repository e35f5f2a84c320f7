-- What every page shows now, beside each other: in the table these rows lie as far apart as the pages
-- changed, and an overview of three thousand pages would read nearly all of it.
CREATE INDEX spell_now ON spell (listing_id, since, availability) WHERE until IS NULL;
