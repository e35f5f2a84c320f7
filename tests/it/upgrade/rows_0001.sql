-- Two listings, three looks, their spells, a note, two rounds.
INSERT INTO listing (id, edition, store, first_try, last_try, last_good) VALUES
    (1, '9781944098117', 'amazon.com', 1794317400000, 1794490200000, 1794490200000),
    (2, '9781944098117', 'bookshop.org', 1794317460000, 1794317460000, 1794317460000);

INSERT INTO reading (id, listing_id, body) VALUES
    (1, 1, '{"outcome":"says","availability":"pre_order","confidence":"sure","rule":"amazon/pre-order-button","words":"Pre-order now","place":"the buy box","date":"2035-02-13","published":null,"price":{"minor":1699,"currency":"USD"},"seller":null,"ships_from":null,"title":null,"isbn":null,"cover":null,"canonical":null,"formats":[]}'),
    (2, 2, '{"outcome":"says","availability":"not_listed","confidence":"sure","rule":"refusal/missing","words":"page not found","place":"the status","date":null,"published":null,"price":null,"seller":null,"ships_from":null,"title":null,"isbn":null,"cover":null,"canonical":null,"formats":[]}');

INSERT INTO observation (listing_id, at, reading_id, source) VALUES
    (1, 1794317400000, 1, 0),
    (1, 1794490200000, 1, 0),
    (2, 1794317460000, 2, 0);

INSERT INTO spell (listing_id, since, availability, last_seen, until, readings, confirmed_at, reading_id) VALUES
    (1, 1794317400000, 'pre_order', 1794490200000, NULL, 2, 1794490200000, 1),
    (2, 1794317460000, 'not_listed', 1794317460000, NULL, 1, NULL, 2);

INSERT INTO note (id, edition, at, written_at, kind) VALUES
    (1, '9781944098117', 1794546000000, 1794546001000, '{"what":"kdp_published"}');

INSERT INTO round (id, began, ended, asked, read, unread) VALUES
    (1, 1794317400000, 1794317470000, 2, 2, 0),
    (2, 1794490200000, 1794490210000, 1, 1, 0);

-- A letter that was delivered, and one that waits.
INSERT INTO outbox (id, message_id, thread, written, kind, severity, rule, edition, stores, to_name,
    to_address, subject, body_text, body_html, queued_at, tries, next_try_at, last_try_at,
    delivered_at, answer) VALUES
    (1, 'one@pubwatch.example', NULL, 1794490205000, 'alert', 'watch', 'missing', '9781944098117',
     '["bookshop.org"]', 'Jane Roe', 'jane@example.com', 'Watch: Bookshop.org does not list it',
     x'28b52ffd045871000048656c6c6f204a616e6520526f65c4a51adc', x'28b52ffd0458a900003c703e48656c6c6f204a616e6520526f653c2f703e9ef5262b', 1794490205000, 1, 1794490205000, 1794490206000,
     1794490207000, '250 ok'),
    (2, 'two@pubwatch.example', 'one@pubwatch.example', 1794490305000, 'alert', 'act', 'missing',
     '9781944098117', '["bookshop.org"]', 'Jane Roe', 'jane@example.com',
     'Act: Bookshop.org does not list it', x'28b52ffd045859000048656c6c6f20616761696e0b2b7026', x'28b52ffd04589100003c703e48656c6c6f20616761696e3c2f703ecea7f90b', 1794490305000, 0,
     1794490305000, NULL, NULL, NULL);

-- What was told, and what is open.
INSERT INTO alert (id, cause, edition, stores, finding, opened, since, severity, told, last_told, thread) VALUES
    (1, 'missing', '9781944098117', '["bookshop.org"]',
     '{"kind":"missing","counts_from":"2026-10-13T12:00:00Z","enabled":true,"others":["amazon.com"],"stores":["bookshop.org"],"severity":"watch","since":"2026-11-10T09:31:00Z","pages":[],"stage":"normal","usual":null,"usual_until":null,"act_from":"2026-11-17T12:00:00Z","next":{"what":"wait","until":"2026-11-17T12:00:00Z"}}',
     1794490205000, 1794317460000, 'watch', 'watch', 1794490205000, 'one@pubwatch.example');

INSERT INTO judged (edition, at, version, findings, outlooks) VALUES
    ('9781944098117', 1794490205000, 0, '[]', '[]');

INSERT INTO configured (edition, publication, on_sale) VALUES
    ('9781944098117', '2035-02-13', '2035-02-13');

INSERT INTO news (edition, rule, stores, told) VALUES
    ('9781944098117', 'page-appeared', '["amazon.com"]', 1794490205000);

INSERT INTO letter_day (edition, written, message_id) VALUES
    ('9781944098117', 1794490205000, 'one@pubwatch.example');

INSERT INTO notice (id, rule, opened, over) VALUES (1, 'line-down', 1794400000000, 1794400600000);

-- How hosts received us.
INSERT INTO host (name, next_allowed, refusals, shut_until, why, refused_at) VALUES
    ('www.amazon.com', 1794490215000, 1, 1794493800000, 'its page was a bot check', 1794490200000);

INSERT INTO robots (origin, status, body, fetched_at) VALUES
    ('https://www.amazon.com', 200, 'User-agent: *' || char(10) || 'Disallow: /gp/cart', 1794490190000);

-- A page as it was when it changed. The parts are packed with zstd; here they are only carried.
INSERT INTO evidence_body (id, hash, packed) VALUES (1, 42, x'28b52ffd');

INSERT INTO evidence (listing_id, at, source, status, address, headers, parts_id) VALUES
    (1, 1794317400000, 0, 200, 'https://www.amazon.com/dp/1944098119', '[]', 1);

-- How often a page was looked at in a day.
UPDATE listing SET good_until = last_good + 46800000 WHERE last_good IS NOT NULL;
INSERT INTO gap (listing_id, since, until) VALUES (1, 1794000000000, 1794090000000);
UPDATE listing SET day = '2026-11-12', looks = 1 WHERE id = 1;

-- By what a store tells that a page has not changed.
INSERT INTO validator (listing_id, address, etag, last_modified, reading_id, read_at) VALUES
    (1, 'https://www.amazon.com/dp/1944098119', '"v1"', NULL, 1, 1794490200000);

-- A letter that goes another way.
INSERT INTO outbox (id, message_id, written, kind, stores, to_name, to_address, subject, body_text,
    body_html, queued_at, next_try_at, route) VALUES
    (9, 'nine@pubwatch.example', 1794490505000, 'digest', '[]', 'Jane Roe', 'jane@example.com',
     'Digest: all as expected', x'28b52ffd045829000048656c6c6f447db275', x'28b52ffd04586100003c703e48656c6c6f3c2f703e4e32fb88', 1794490505000, 1794490505000, 'mail');

-- A link that was given to a client, and a companion.
INSERT INTO pass (id, client, hash, made, origin, heard, withdrawn) VALUES
    (1, 'Saltmarsh Press', 'not a hash of anything', 1794490605000, NULL, NULL, NULL),
    (2, NULL, 'nor this', 1794490605000, 'chrome-extension://abc', 1794490606000, 1794490607000);

-- A link in a letter that was used.
INSERT INTO answered (tag, at) VALUES (x'00ff', 1794490705000);

INSERT INTO running (id, file, since, beat, wrong, wrong_since) VALUES
    (1, '/home/jane/pubwatch.toml', 1794000000000, 1794000060000, 'a table is missing', 1794000030000);
