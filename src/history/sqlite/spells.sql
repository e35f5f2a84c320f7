SELECT s.since, s.availability, s.last_seen, s.until, s.readings, s.confirmed_at, r.body
FROM spell s JOIN reading r ON r.id = s.reading_id
WHERE s.listing_id = ?1
ORDER BY s.since DESC
LIMIT ?2
