SELECT l.first_try, l.last_try, l.last_good, l.blind_since, l.blind_attempts, r.body, l.good_until, l.id
FROM listing l LEFT JOIN reading r ON r.id = l.blind_reading
WHERE l.edition = ?1 AND l.store = ?2
