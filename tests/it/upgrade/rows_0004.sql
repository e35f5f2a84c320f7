-- How hosts received us.
INSERT INTO host (name, next_allowed, refusals, shut_until, why, refused_at) VALUES
    ('www.amazon.com', 1794490215000, 1, 1794493800000, 'its page was a bot check', 1794490200000);

INSERT INTO robots (origin, status, body, fetched_at) VALUES
    ('https://www.amazon.com', 200, 'User-agent: *' || char(10) || 'Disallow: /gp/cart', 1794490190000);
