-- How often a page was looked at today, so that a restart gives no look back.
ALTER TABLE listing ADD COLUMN day TEXT;   -- the UTC day that `looks` counts
ALTER TABLE listing ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;
