CREATE TABLE woken (
    woken_id INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id INTEGER NOT NULL,
    first_dossier_id INTEGER NOT NULL,
    last_dossier_id INTEGER NOT NULL,
    dossier_ids TEXT,
    audit_id INTEGER
)
 STRICT;

INSERT INTO woken (source_id, first_dossier_id, last_dossier_id, audit_id)
SELECT source_id, first_dossier_id, last_dossier_id, audit_id FROM opened ORDER BY opened_id;

DROP TABLE opened;

ALTER TABLE dossiers DROP COLUMN changed_seq;
