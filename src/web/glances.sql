SELECT l.isbn, l.store, s.availability, s.since, l.last_try, l.last_good, l.blind_since
FROM listing l
LEFT JOIN spell s
    ON s.listing_id = l.id AND s.since = (SELECT max(since) FROM spell WHERE listing_id = l.id)
