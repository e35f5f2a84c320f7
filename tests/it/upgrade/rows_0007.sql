-- By what a store tells that a page has not changed.
INSERT INTO validator (listing_id, address, etag, last_modified, reading_id, read_at) VALUES
    (1, 'https://www.amazon.com/dp/1944098119', '"v1"', NULL, 1, 1794490200000);
