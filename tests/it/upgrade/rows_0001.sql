-- What the first schema holds: two listings, three looks, their spells, a note, a round.
INSERT INTO listing (id, isbn, store, first_try, last_try, last_good) VALUES
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

INSERT INTO note (id, isbn, at, written_at, kind) VALUES
    (1, '9781944098117', 1794546000000, 1794546001000, '{"what":"kdp_published"}');

INSERT INTO round (id, began, ended, asked, read, unread) VALUES
    (1, 1794317400000, 1794317470000, 2, 2, 0),
    (2, 1794490200000, 1794490210000, 1, 1, 0);
