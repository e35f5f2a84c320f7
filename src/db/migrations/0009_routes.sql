-- Letters go by several ways: by mail, to a webhook, to ntfy. Each way has its own troubles, so each
-- is claimed, held back and released for itself.

-- 'mail', 'webhook:NAME' or 'ntfy:NAME'.
ALTER TABLE outbox ADD COLUMN route TEXT NOT NULL DEFAULT 'mail';

DROP INDEX outbox_waiting;

CREATE INDEX outbox_waiting ON outbox (route, next_try_at, id)
WHERE delivered_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL;

-- How many letters a server was asked to take within the last hour.
CREATE INDEX outbox_tried ON outbox (route, last_try_at) WHERE last_try_at IS NOT NULL;

CREATE TRIGGER letter_never_changes_its_way BEFORE UPDATE OF route ON outbox
BEGIN SELECT RAISE (ABORT, 'a queued letter is never rewritten'); END;
