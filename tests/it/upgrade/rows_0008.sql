-- Nothing of its own: indexes.
UPDATE evidence SET status = status;
