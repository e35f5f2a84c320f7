-- What was told, and what is open.
INSERT INTO alert (id, rule, isbn, stores, headline, opened, since, severity, told, last_told, thread) VALUES
    (1, 'missing', '9781944098117', '["bookshop.org"]', 'Bookshop.org does not list it',
     1794490205000, 1794317460000, 'watch', 'watch', 1794490205000, 'one@pubwatch.example');

INSERT INTO news (isbn, rule, stores, told) VALUES
    ('9781944098117', 'page-appeared', '["amazon.com"]', 1794490205000);

INSERT INTO letter_day (isbn, written, message_id) VALUES
    ('9781944098117', 1794490205000, 'one@pubwatch.example');

INSERT INTO notice (id, rule, opened, over) VALUES (1, 'line-down', 1794400000000, 1794400600000);
