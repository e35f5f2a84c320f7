-- A link that was given to a client.
INSERT INTO share (id, client, hash, made, withdrawn) VALUES
    (1, 'Saltmarsh Press', 'not a hash of anything', 1794490605000, NULL);
