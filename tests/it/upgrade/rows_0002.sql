-- A letter that was delivered, and one that waits.
INSERT INTO outbox (id, message_id, thread, written, kind, severity, rule, isbn, stores, to_name,
    to_address, subject, body_text, body_html, queued_at, tries, next_try_at, last_try_at,
    delivered_at, answer) VALUES
    (1, 'one@pubwatch.example', NULL, 1794490205000, 'alert', 'watch', 'missing', '9781944098117',
     '["bookshop.org"]', 'Jane Roe', 'jane@example.com', 'Watch: Bookshop.org does not list it',
     x'28b52ffd045871000048656c6c6f204a616e6520526f65c4a51adc', x'28b52ffd0458a900003c703e48656c6c6f204a616e6520526f653c2f703e9ef5262b', 1794490205000, 1, 1794490205000, 1794490206000,
     1794490207000, '250 ok'),
    (2, 'two@pubwatch.example', 'one@pubwatch.example', 1794490305000, 'alert', 'act', 'missing',
     '9781944098117', '["bookshop.org"]', 'Jane Roe', 'jane@example.com',
     'Act: Bookshop.org does not list it', x'28b52ffd045859000048656c6c6f20616761696e0b2b7026', x'28b52ffd04589100003c703e48656c6c6f20616761696e3c2f703ecea7f90b', 1794490305000, 0,
     1794490305000, NULL, NULL, NULL);
