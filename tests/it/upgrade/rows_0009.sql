-- A letter that goes another way.
INSERT INTO outbox (id, message_id, written, kind, stores, to_name, to_address, subject, body_text,
    body_html, queued_at, next_try_at, route) VALUES
    (9, 'nine@pubwatch.example', 1794490505000, 'digest', '[]', 'Jane Roe', 'jane@example.com',
     'Digest: all as expected', x'28b52ffd045829000048656c6c6f447db275', x'28b52ffd04586100003c703e48656c6c6f3c2f703e4e32fb88', 1794490505000, 1794490505000, 'mail');
