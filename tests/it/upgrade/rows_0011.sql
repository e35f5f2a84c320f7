-- A letter whose parts are packed with the first dictionary: 'Hello Jane Roe' and the same in a
-- paragraph.
INSERT INTO outbox (id, message_id, written, kind, stores, to_name, to_address, subject, body_text,
    body_html, queued_at, next_try_at) VALUES
    (11, 'eleven@pubwatch.example', 1794490705000, 'digest', '[]', 'Jane Roe', 'jane@example.com',
     'Digest: all as expected', '', '', 1794490705000, 1794490705000);
INSERT INTO letter_body (letter_id, dictionary, text_bytes, packed) VALUES
    (11, 1, 14, x'28b52ffd23d8471a2a23850000303c703e2f703e02cc3483f9dd39da02');
