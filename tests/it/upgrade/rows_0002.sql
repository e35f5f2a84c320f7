-- A letter that was delivered, and one that waits.
INSERT INTO outbox (id, message_id, thread, written, kind, severity, rule, isbn, stores, to_name,
    to_address, subject, body_text, body_html, queued_at, tries, next_try_at, last_try_at,
    delivered_at, answer) VALUES
    (1, 'one@pubwatch.example', NULL, 1794490205000, 'alert', 'watch', 'missing', '9781944098117',
     '["bookshop.org"]', 'Jane Roe', 'jane@example.com', 'Watch: Bookshop.org does not list it',
     'Hello Jane Roe', '<p>Hello Jane Roe</p>', 1794490205000, 1, 1794490205000, 1794490206000,
     1794490207000, '250 ok'),
    (2, 'two@pubwatch.example', 'one@pubwatch.example', 1794490305000, 'alert', 'act', 'missing',
     '9781944098117', '["bookshop.org"]', 'Jane Roe', 'jane@example.com',
     'Act: Bookshop.org does not list it', 'Hello again', '<p>Hello again</p>', 1794490305000, 0,
     1794490305000, NULL, NULL, NULL);
