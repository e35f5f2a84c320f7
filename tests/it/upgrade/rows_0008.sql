-- Nothing of the schema's own: looks are packed when they are old.
UPDATE listing SET packed_until = NULL;
