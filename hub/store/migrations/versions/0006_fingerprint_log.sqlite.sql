CREATE TABLE fingerprint_log (
    log_id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_id INTEGER NOT NULL,
    came BLOB NOT NULL,
    gone BLOB NOT NULL
)
 STRICT;

CREATE INDEX ix_fingerprint_log_stream_id_log_id ON fingerprint_log (stream_id, log_id);
