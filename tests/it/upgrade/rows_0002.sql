-- It brought an index and no table: a row more of a table that was there.
INSERT INTO robots (origin, status, body, fetched_at) VALUES ('https://www.example.com', 404, '', 1794317400000);
