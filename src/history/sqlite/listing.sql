SELECT l.first_try, l.last_try, l.last_good, l.blind_since, l.blind_attempts, r.body, l.good_until
FROM listing l LEFT JOIN reading r ON r.id = l.blind_reading
WHERE l.id = ?1
