CREATE TABLE opened (
    opened_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    first_dossier_id INTEGER NOT NULL,
    last_dossier_id INTEGER NOT NULL,
    audit_id INTEGER,
    CONSTRAINT pk_opened PRIMARY KEY (opened_id)
)
 STRICT;
