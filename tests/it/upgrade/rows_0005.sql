-- A page as it was when it changed. The parts are packed with zstd; here they are only carried.
INSERT INTO evidence_body (id, hash, packed) VALUES (1, 42, x'28b52ffd');

INSERT INTO evidence (listing_id, at, source, status, address, headers, parts_id) VALUES
    (1, 1794317400000, 0, 200, 'https://www.amazon.com/dp/1944098119', '[]', 1);
