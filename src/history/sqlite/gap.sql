-- ?1 a listing, ?2 a look that named a state. The page was not seen from the first unread look on,
-- where nobody saw it by hand since, or from when the look before could no longer speak for it.
INSERT INTO gap (listing_id, since, until)
SELECT id, since, ?2 FROM (
    SELECT id, min(iif(last_good < blind_since, blind_since, ?2), coalesce(good_until, ?2)) AS since
    FROM listing WHERE id = ?1 AND last_good IS NOT NULL
)
WHERE since < ?2
ON CONFLICT (listing_id, since) DO UPDATE SET until = excluded.until
