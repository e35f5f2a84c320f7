SELECT l.edition, l.store, s.availability, s.since, l.last_try, l.last_good, l.blind_since,
    EXISTS (SELECT 1 FROM spell o WHERE o.listing_id = l.id AND o.confirmed_at IS NOT NULL
        AND o.availability IN ('pre_order', 'in_stock', 'ships_later', 'back_order')),
    l.good_until
FROM listing l
LEFT JOIN spell s
    ON s.listing_id = l.id AND s.since = (SELECT max(since) FROM spell WHERE listing_id = l.id)
