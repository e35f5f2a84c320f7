-- How often a page was looked at in a day.
UPDATE listing SET day = '2026-11-12', looks = 1 WHERE id = 1;
