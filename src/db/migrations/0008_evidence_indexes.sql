-- Forgetting old evidence asks which bodies are still used, and so do the foreign keys.
CREATE INDEX evidence_by_parts ON evidence (parts_id);
CREATE INDEX evidence_by_picture ON evidence (picture_id) WHERE picture_id IS NOT NULL;
