"""The tables of judging: audits, the log of findings and its projection, calendars."""

from sqlalchemy import Column, Index, UniqueConstraint

from hub.store.schema import INT, KEY, REAL, TEXT, filled, serial, table

#: Every written audit; ``as_of`` of the last one bounds the next. ``by_monitor`` etc. are JSON.
audits = table(
    "audits",
    serial("audit_id"),
    filled("as_of", INT),
    filled("started_at", INT),
    Column("finished_at", INT),
    Column("source_id", INT),
    filled("judged", INT, "0"),
    filled("issued", INT, "0"),
    filled("pending", INT, "0"),
    filled("unchanged", INT, "0"),
    filled("unsupported", INT, "0"),
    filled("undecided", INT, "0"),
    Column("rule_version", TEXT),
    Column("catalogue_version", TEXT),
    Column("calendar_version", TEXT),
    filled("by_monitor", TEXT, "'{}'"),
    filled("by_severity", TEXT, "'{}'"),
)

#: The projection of finding_log: one card per (subject, monitor, severity) for ever.
#: ``source_id`` 0 and ``dossier_id`` NULL where the subject has none. ``detail`` is JSON.
findings = table(
    "findings",
    serial("finding_id"),
    filled("subject_kind", TEXT),
    filled("source_id", INT),
    filled("subject_key", KEY),
    Column("dossier_id", INT),
    filled("monitor", KEY),
    filled("severity", TEXT),
    filled("status", TEXT),
    filled("supported", INT, "1"),
    filled("clock", TEXT),
    Column("limit", REAL),
    Column("limit_unit", TEXT),
    Column("started_at", INT),
    Column("due_at", INT),
    Column("stopped_at", INT),
    Column("elapsed", REAL),
    filled("provisional", INT, "0"),
    Column("department", TEXT),
    Column("item_code", KEY),
    filled("legal_basis", TEXT, "''"),
    filled("rule_version", TEXT, "''"),
    filled("calendar_version", TEXT, "''"),
    filled("reason", TEXT, "''"),
    filled("detail", TEXT, "'{}'"),
    filled("detected_at", INT),
    filled("changed_at", INT),
    filled("audit_id", INT),
    UniqueConstraint("subject_kind", "source_id", "subject_key", "monitor", "severity"),
)
Index("ix_findings_dossier", findings.c.dossier_id)
Index("ix_findings_detected_at", findings.c.detected_at)

#: Append-only and in commit order: the truth about every card. ``facts`` is JSON.
finding_log = table(
    "finding_log",
    serial("log_id"),
    filled("finding_id", INT),
    filled("action", TEXT),
    filled("status", TEXT),
    filled("logged_at", INT),
    Column("audit_id", INT),
    Column("by", TEXT),
    Column("reason", TEXT),
    filled("facts", TEXT, "'{}'"),
)
Index("ix_finding_log_finding_id", finding_log.c.finding_id)

#: Imported notices; the built-in calendar is not here. ``days``: JSON {date: [working, name]}.
calendars = table(
    "calendars",
    serial("calendar_id"),
    filled("version", KEY),
    filled("notice", TEXT),
    filled("known_from", INT),
    filled("imported_at", INT),
    filled("origin", TEXT),
    filled("days", TEXT),
    UniqueConstraint("version"),
)
