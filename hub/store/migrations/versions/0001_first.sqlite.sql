CREATE TABLE alarms (
    alarm_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    "key" TEXT NOT NULL,
    message TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    times INTEGER DEFAULT 1 NOT NULL,
    cleared_at INTEGER,
    CONSTRAINT pk_alarms PRIMARY KEY (alarm_id)
)
 STRICT;

CREATE UNIQUE INDEX uq_alarms_open ON alarms (kind, "key") WHERE cleared_at IS NULL;

CREATE TABLE audits (
    audit_id INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    scope TEXT DEFAULT '{}' NOT NULL,
    judged INTEGER DEFAULT 0 NOT NULL,
    issued INTEGER DEFAULT 0 NOT NULL,
    pending INTEGER DEFAULT 0 NOT NULL,
    unchanged INTEGER DEFAULT 0 NOT NULL,
    unsupported INTEGER DEFAULT 0 NOT NULL,
    undecided INTEGER DEFAULT 0 NOT NULL,
    standing INTEGER,
    CONSTRAINT pk_audits PRIMARY KEY (audit_id)
)
 STRICT;

CREATE TABLE calendars (
    calendar_id INTEGER NOT NULL,
    notice TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_calendars PRIMARY KEY (calendar_id),
    CONSTRAINT uq_calendars_notice UNIQUE (notice)
)
 STRICT;

CREATE TABLE case_history (
    version_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    personal BLOB,
    personal_key_id INTEGER,
    applicant_id_index BLOB,
    applicant_id_valid INTEGER,
    item_code TEXT,
    department TEXT,
    region TEXT,
    case_type TEXT,
    title TEXT,
    applicant_type TEXT,
    applicant_id_type TEXT,
    channel TEXT,
    window TEXT,
    handler TEXT,
    parent_case_no TEXT,
    received_at INTEGER,
    accepted_at INTEGER,
    refused_at INTEGER,
    decided_at INTEGER,
    closed_at INTEGER,
    delivered_at INTEGER,
    due_at INTEGER,
    result TEXT,
    certificate_no TEXT,
    fee_due INTEGER,
    fee_paid INTEGER,
    data_version INTEGER,
    recorded_at INTEGER,
    arrived_at INTEGER NOT NULL,
    superseded_at INTEGER NOT NULL,
    superseded_run_id INTEGER NOT NULL,
    CONSTRAINT pk_case_history PRIMARY KEY (version_id)
)
 STRICT;

CREATE INDEX ix_case_history_key ON case_history (stream_id, "key");

CREATE TABLE case_rows (
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    personal BLOB,
    personal_key_id INTEGER,
    applicant_id_index BLOB,
    applicant_id_valid INTEGER,
    item_code TEXT,
    department TEXT,
    region TEXT,
    case_type TEXT,
    title TEXT,
    applicant_type TEXT,
    applicant_id_type TEXT,
    channel TEXT,
    window TEXT,
    handler TEXT,
    parent_case_no TEXT,
    received_at INTEGER,
    accepted_at INTEGER,
    refused_at INTEGER,
    decided_at INTEGER,
    closed_at INTEGER,
    delivered_at INTEGER,
    due_at INTEGER,
    result TEXT,
    certificate_no TEXT,
    fee_due INTEGER,
    fee_paid INTEGER,
    data_version INTEGER,
    recorded_at INTEGER,
    CONSTRAINT pk_case_rows PRIMARY KEY (stream_id, "key")
)
 STRICT;

CREATE INDEX ix_case_rows_parent ON case_rows (source_id, parent_case_no) WHERE parent_case_no IS NOT NULL;

CREATE INDEX ix_case_rows_raw_key ON case_rows (stream_id, raw_key) WHERE raw_key IS NOT NULL;

CREATE TABLE cursors (
    stream_id INTEGER NOT NULL,
    value TEXT,
    bound INTEGER,
    run_id INTEGER NOT NULL,
    CONSTRAINT pk_cursors PRIMARY KEY (stream_id)
)
 STRICT;

CREATE TABLE dossiers (
    dossier_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    case_no TEXT NOT NULL,
    changed_seq INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_dossiers PRIMARY KEY (dossier_id),
    CONSTRAINT uq_dossiers_source_id_case_no UNIQUE (source_id, case_no)
)
 STRICT;

CREATE TABLE due (
    dossier_id INTEGER NOT NULL,
    judge_at INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_due PRIMARY KEY (dossier_id)
)
 STRICT;

CREATE INDEX ix_due_judge_at ON due (judge_at, dossier_id);

CREATE TABLE extension_history (
    version_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    seq TEXT NOT NULL,
    length REAL,
    unit TEXT,
    approver TEXT,
    reason TEXT,
    approved_at INTEGER,
    arrived_at INTEGER NOT NULL,
    superseded_at INTEGER NOT NULL,
    superseded_run_id INTEGER NOT NULL,
    CONSTRAINT pk_extension_history PRIMARY KEY (version_id)
)
 STRICT;

CREATE INDEX ix_extension_history_case_no ON extension_history (source_id, case_no);

CREATE INDEX ix_extension_history_key ON extension_history (stream_id, "key");

CREATE TABLE extension_rows (
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    seq TEXT NOT NULL,
    length REAL,
    unit TEXT,
    approver TEXT,
    reason TEXT,
    approved_at INTEGER,
    CONSTRAINT pk_extension_rows PRIMARY KEY (stream_id, "key")
)
 STRICT;

CREATE INDEX ix_extension_rows_case_no ON extension_rows (source_id, case_no);

CREATE INDEX ix_extension_rows_raw_key ON extension_rows (stream_id, raw_key) WHERE raw_key IS NOT NULL;

CREATE TABLE finding_log (
    log_id INTEGER NOT NULL,
    finding_id INTEGER NOT NULL,
    logged_at INTEGER NOT NULL,
    audit_id INTEGER,
    action TEXT NOT NULL,
    status TEXT NOT NULL,
    "by" TEXT,
    reason TEXT,
    body TEXT,
    CONSTRAINT pk_finding_log PRIMARY KEY (log_id)
)
 STRICT;

CREATE INDEX ix_finding_log_finding_id ON finding_log (finding_id);

CREATE TABLE findings (
    finding_id INTEGER NOT NULL,
    subject_kind TEXT NOT NULL,
    source TEXT NOT NULL,
    subject_key TEXT NOT NULL,
    dossier_id INTEGER,
    monitor TEXT NOT NULL,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    supported INTEGER DEFAULT 1 NOT NULL,
    clock TEXT NOT NULL,
    "limit" REAL,
    limit_unit TEXT,
    started_at INTEGER,
    due_at INTEGER,
    stopped_at INTEGER,
    elapsed REAL,
    provisional INTEGER DEFAULT 0 NOT NULL,
    department TEXT,
    item_code TEXT,
    legal_basis TEXT DEFAULT '' NOT NULL,
    rule_version TEXT DEFAULT '' NOT NULL,
    calendar_version TEXT DEFAULT '' NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    detected_at INTEGER NOT NULL,
    issued_at INTEGER,
    answered_at INTEGER,
    changed_at INTEGER NOT NULL,
    CONSTRAINT pk_findings PRIMARY KEY (finding_id),
    CONSTRAINT uq_findings_subject_key_source_monitor_severity_subject_kind UNIQUE (subject_key, source, monitor, severity, subject_kind)
)
 STRICT;

CREATE INDEX ix_findings_dossier ON findings (dossier_id);

CREATE TABLE item_history (
    version_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    item_code TEXT NOT NULL,
    effective_from INTEGER NOT NULL,
    name TEXT,
    department TEXT,
    case_type TEXT,
    statutory_limit REAL,
    statutory_unit TEXT,
    promised_limit REAL,
    promised_unit TEXT,
    pause_kinds TEXT,
    fee INTEGER,
    effective_to INTEGER,
    arrived_at INTEGER NOT NULL,
    superseded_at INTEGER NOT NULL,
    superseded_run_id INTEGER NOT NULL,
    CONSTRAINT pk_item_history PRIMARY KEY (version_id)
)
 STRICT;

CREATE INDEX ix_item_history_key ON item_history (stream_id, "key");

CREATE TABLE item_rows (
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    item_code TEXT NOT NULL,
    effective_from INTEGER NOT NULL,
    name TEXT,
    department TEXT,
    case_type TEXT,
    statutory_limit REAL,
    statutory_unit TEXT,
    promised_limit REAL,
    promised_unit TEXT,
    pause_kinds TEXT,
    fee INTEGER,
    effective_to INTEGER,
    CONSTRAINT pk_item_rows PRIMARY KEY (stream_id, "key")
)
 STRICT;

CREATE INDEX ix_item_rows_raw_key ON item_rows (stream_id, raw_key) WHERE raw_key IS NOT NULL;

CREATE TABLE mappings (
    mapping_id INTEGER NOT NULL,
    version TEXT NOT NULL,
    CONSTRAINT pk_mappings PRIMARY KEY (mapping_id),
    CONSTRAINT uq_mappings_version UNIQUE (version)
)
 STRICT;

CREATE TABLE marks (
    stream_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_marks PRIMARY KEY (stream_id, name)
)
 STRICT;

CREATE TABLE pause_history (
    version_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    seq TEXT NOT NULL,
    kind TEXT,
    basis TEXT,
    approver TEXT,
    reason TEXT,
    applied_length REAL,
    applied_unit TEXT,
    started_at INTEGER,
    ended_at INTEGER,
    recorded_at INTEGER,
    arrived_at INTEGER NOT NULL,
    superseded_at INTEGER NOT NULL,
    superseded_run_id INTEGER NOT NULL,
    CONSTRAINT pk_pause_history PRIMARY KEY (version_id)
)
 STRICT;

CREATE INDEX ix_pause_history_case_no ON pause_history (source_id, case_no);

CREATE INDEX ix_pause_history_key ON pause_history (stream_id, "key");

CREATE TABLE pause_rows (
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    seq TEXT NOT NULL,
    kind TEXT,
    basis TEXT,
    approver TEXT,
    reason TEXT,
    applied_length REAL,
    applied_unit TEXT,
    started_at INTEGER,
    ended_at INTEGER,
    recorded_at INTEGER,
    CONSTRAINT pk_pause_rows PRIMARY KEY (stream_id, "key")
)
 STRICT;

CREATE INDEX ix_pause_rows_case_no ON pause_rows (source_id, case_no);

CREATE INDEX ix_pause_rows_raw_key ON pause_rows (stream_id, raw_key) WHERE raw_key IS NOT NULL;

CREATE TABLE payment_history (
    version_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    seq TEXT NOT NULL,
    amount INTEGER,
    paid_at INTEGER,
    arrived_at INTEGER NOT NULL,
    superseded_at INTEGER NOT NULL,
    superseded_run_id INTEGER NOT NULL,
    CONSTRAINT pk_payment_history PRIMARY KEY (version_id)
)
 STRICT;

CREATE INDEX ix_payment_history_case_no ON payment_history (source_id, case_no);

CREATE INDEX ix_payment_history_key ON payment_history (stream_id, "key");

CREATE TABLE payment_rows (
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    seq TEXT NOT NULL,
    amount INTEGER,
    paid_at INTEGER,
    CONSTRAINT pk_payment_rows PRIMARY KEY (stream_id, "key")
)
 STRICT;

CREATE INDEX ix_payment_rows_case_no ON payment_rows (source_id, case_no);

CREATE INDEX ix_payment_rows_raw_key ON payment_rows (stream_id, raw_key) WHERE raw_key IS NOT NULL;

CREATE TABLE quarantine (
    quarantine_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    "key" TEXT,
    case_no TEXT,
    digest BLOB NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    mapping_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    field TEXT,
    value TEXT,
    message TEXT NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    settled_at INTEGER,
    settled_by TEXT,
    settled_reason TEXT,
    CONSTRAINT pk_quarantine PRIMARY KEY (quarantine_id),
    CONSTRAINT uq_quarantine_stream_id_digest UNIQUE (stream_id, digest)
)
 STRICT;

CREATE INDEX ix_quarantine_open_case ON quarantine (source_id, case_no);

CREATE INDEX ix_quarantine_open_key ON quarantine (stream_id, "key");

CREATE TABLE rating_history (
    version_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    seq TEXT NOT NULL,
    score INTEGER,
    rated_at INTEGER,
    channel TEXT,
    comment TEXT,
    arrived_at INTEGER NOT NULL,
    superseded_at INTEGER NOT NULL,
    superseded_run_id INTEGER NOT NULL,
    CONSTRAINT pk_rating_history PRIMARY KEY (version_id)
)
 STRICT;

CREATE INDEX ix_rating_history_case_no ON rating_history (source_id, case_no);

CREATE INDEX ix_rating_history_key ON rating_history (stream_id, "key");

CREATE TABLE rating_rows (
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    seq TEXT NOT NULL,
    score INTEGER,
    rated_at INTEGER,
    channel TEXT,
    comment TEXT,
    CONSTRAINT pk_rating_rows PRIMARY KEY (stream_id, "key")
)
 STRICT;

CREATE INDEX ix_rating_rows_case_no ON rating_rows (source_id, case_no);

CREATE INDEX ix_rating_rows_raw_key ON rating_rows (stream_id, raw_key) WHERE raw_key IS NOT NULL;

CREATE TABLE raw_pages (
    page_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    origin TEXT NOT NULL,
    key_id INTEGER DEFAULT 0 NOT NULL,
    ends BLOB NOT NULL,
    body BLOB NOT NULL,
    CONSTRAINT pk_raw_pages PRIMARY KEY (page_id)
)
 STRICT;

CREATE TABLE run_streams (
    run_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    received INTEGER DEFAULT 0 NOT NULL,
    inserted INTEGER DEFAULT 0 NOT NULL,
    updated INTEGER DEFAULT 0 NOT NULL,
    unchanged INTEGER DEFAULT 0 NOT NULL,
    quarantined INTEGER DEFAULT 0 NOT NULL,
    withdrawn INTEGER DEFAULT 0 NOT NULL,
    cursor TEXT,
    drift TEXT DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_run_streams PRIMARY KEY (run_id, stream_id)
)
 STRICT;

CREATE TABLE runs (
    run_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    mapping_id INTEGER NOT NULL,
    who TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    error_kind TEXT,
    error_message TEXT,
    error_remedy TEXT,
    CONSTRAINT pk_runs PRIMARY KEY (run_id)
)
 STRICT;

CREATE INDEX ix_runs_source_id_run_id ON runs (source_id, run_id);

CREATE TABLE source_locks (
    source TEXT NOT NULL,
    who TEXT NOT NULL,
    since INTEGER NOT NULL,
    CONSTRAINT pk_source_locks PRIMARY KEY (source)
)
 STRICT;

CREATE TABLE sources (
    source_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    paused_at INTEGER,
    pause_reason TEXT,
    CONSTRAINT pk_sources PRIMARY KEY (source_id),
    CONSTRAINT uq_sources_name UNIQUE (name)
)
 STRICT;

CREATE TABLE step_history (
    version_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    step_no TEXT NOT NULL,
    kind TEXT,
    name TEXT,
    handler TEXT,
    started_at INTEGER,
    ended_at INTEGER,
    "limit" REAL,
    limit_unit TEXT,
    result TEXT,
    arrived_at INTEGER NOT NULL,
    superseded_at INTEGER NOT NULL,
    superseded_run_id INTEGER NOT NULL,
    CONSTRAINT pk_step_history PRIMARY KEY (version_id)
)
 STRICT;

CREATE INDEX ix_step_history_case_no ON step_history (source_id, case_no);

CREATE INDEX ix_step_history_key ON step_history (stream_id, "key");

CREATE TABLE step_rows (
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    step_no TEXT NOT NULL,
    kind TEXT,
    name TEXT,
    handler TEXT,
    started_at INTEGER,
    ended_at INTEGER,
    "limit" REAL,
    limit_unit TEXT,
    result TEXT,
    CONSTRAINT pk_step_rows PRIMARY KEY (stream_id, "key")
)
 STRICT;

CREATE INDEX ix_step_rows_case_no ON step_rows (source_id, case_no);

CREATE INDEX ix_step_rows_raw_key ON step_rows (stream_id, raw_key) WHERE raw_key IS NOT NULL;

CREATE TABLE store_meta (
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    CONSTRAINT pk_store_meta PRIMARY KEY (name)
)
 STRICT;

CREATE TABLE stream_kinds (
    stream_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    rows INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_stream_kinds PRIMARY KEY (stream_id, kind)
)
 STRICT;

CREATE TABLE streams (
    stream_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    rank INTEGER DEFAULT 0 NOT NULL,
    plural INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_streams PRIMARY KEY (stream_id),
    CONSTRAINT uq_streams_source_id_name UNIQUE (source_id, name)
)
 STRICT;

CREATE TABLE supplement_history (
    version_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    seq TEXT NOT NULL,
    issued_at INTEGER,
    materials TEXT,
    received_at INTEGER,
    arrived_at INTEGER NOT NULL,
    superseded_at INTEGER NOT NULL,
    superseded_run_id INTEGER NOT NULL,
    CONSTRAINT pk_supplement_history PRIMARY KEY (version_id)
)
 STRICT;

CREATE INDEX ix_supplement_history_case_no ON supplement_history (source_id, case_no);

CREATE INDEX ix_supplement_history_key ON supplement_history (stream_id, "key");

CREATE TABLE supplement_rows (
    source_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    raw_key TEXT,
    raw_fp BLOB NOT NULL,
    value_fp BLOB NOT NULL,
    mapping_id INTEGER NOT NULL,
    page_id INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_changed_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    case_no TEXT NOT NULL,
    seq TEXT NOT NULL,
    issued_at INTEGER,
    materials TEXT,
    received_at INTEGER,
    CONSTRAINT pk_supplement_rows PRIMARY KEY (stream_id, "key")
)
 STRICT;

CREATE INDEX ix_supplement_rows_case_no ON supplement_rows (source_id, case_no);

CREATE INDEX ix_supplement_rows_raw_key ON supplement_rows (stream_id, raw_key) WHERE raw_key IS NOT NULL;
