SELECT min(at), max(at), count(*), body
FROM (
    SELECT at, reading_id, body,
           row_number() OVER (ORDER BY at)
               - row_number() OVER (PARTITION BY reading_id ORDER BY at) AS run
    FROM (
        SELECT o.at, o.reading_id, r.body
        FROM observation o JOIN reading r ON r.id = o.reading_id
        WHERE o.listing_id = ?1
        ORDER BY o.at DESC LIMIT ?2
    )
    WHERE json_extract(body, '$.outcome') = 'says'
)
GROUP BY reading_id, run
ORDER BY min(at)
