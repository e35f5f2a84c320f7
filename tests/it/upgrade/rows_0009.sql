-- A letter that goes another way.
INSERT INTO outbox (id, message_id, written, kind, stores, to_name, to_address, subject, body_text,
    body_html, queued_at, next_try_at, route) VALUES
    (9, 'nine@pubwatch.example', 1794490505000, 'digest', '[]', 'Jane Roe', 'jane@example.com',
     'Digest: all as expected', 'Hello', '<p>Hello</p>', 1794490505000, 1794490505000, 'mail');
