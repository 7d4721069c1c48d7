CREATE TABLE fingerprint_log (
    log_id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_id INTEGER NOT NULL,
    mapping_id INTEGER NOT NULL,
    came_raw BLOB NOT NULL,
    came_value BLOB NOT NULL,
    gone_raw BLOB NOT NULL,
    gone_value BLOB NOT NULL
)
 STRICT;

CREATE INDEX ix_fingerprint_log_stream_id_log_id ON fingerprint_log (stream_id, log_id);
