SELECT l.edition, l.store, s.availability, s.since, l.last_try, l.last_good, l.blind_since, l.good_until, l.first_try
FROM listing l
LEFT JOIN spell s INDEXED BY spell_now ON s.listing_id = l.id AND s.until IS NULL
