"""The tables of judging: what is due, audits, the log of findings and its projection, calendars."""

from sqlalchemy import Column, Index, UniqueConstraint

from hub.store.schema import INT, KEY, REAL, TEXT, filled, serial, table

#: Cases to be judged at an instant to come; 0: at the next audit. No row: nothing but a change of facts,
#: which ``woken`` tells, can move a verdict. Not a column of dossiers, because moving an indexed column of a
#: million rows costs five times as much as deleting and copying rows of this small table.
due = table(
    "due",
    Column("dossier_id", INT, primary_key=True, autoincrement=False),
    filled("judge_at", INT, "0"),
)
Index("ix_due_judge_at", due.c.judge_at, due.c.dossier_id)

#: Wakings: cases that one batch, or a person, made or changed, to be judged at the next audit. Those of the
#: source between the two numbers; of these the listed only, where there is a list (JSON, in any order).
#: Not rows of ``due`` and a counter in each dossier, because what a batch touches for each case, and an audit
#: undoes, was a third of what it asked of the server (decision 19). ``audit_id``: the audit that undertook
#: to judge them; it removes the row when it has.
woken = table(
    "woken",
    serial("woken_id"),
    filled("source_id", INT),
    filled("first_dossier_id", INT),
    filled("last_dossier_id", INT),
    Column("dossier_ids", TEXT),
    Column("audit_id", INT),
)

#: Every written audit; ``as_of`` of the last one bounds the next. ``scope`` is JSON: all, source, versions.
#: ``standing``: supported cards after it.
audits = table(
    "audits",
    serial("audit_id"),
    filled("as_of", INT),
    filled("started_at", INT),
    Column("finished_at", INT),
    filled("scope", TEXT, "'{}'"),
    filled("judged", INT, "0"),
    filled("issued", INT, "0"),
    filled("pending", INT, "0"),
    filled("unchanged", INT, "0"),
    filled("unsupported", INT, "0"),
    filled("undecided", INT, "0"),
    Column("standing", INT),
)

#: The projection of finding_log: one card per (subject, monitor, severity) for ever.
#: ``dossier_id`` NULL where the subject is no case. The details stand in the log.
findings = table(
    "findings",
    Column("finding_id", INT, primary_key=True, autoincrement=False),
    filled("subject_kind", TEXT),
    filled("source", KEY),
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
    filled("detected_at", INT),
    Column("issued_at", INT),
    Column("answered_at", INT),
    filled("changed_at", INT),
    UniqueConstraint("subject_key", "source", "monitor", "severity", "subject_kind"),
)
Index("ix_findings_dossier", findings.c.dossier_id)

#: Append-only and in commit order (ids are given under a lock): the truth about every card.
#: ``body`` is JSON: the whole finding where the entry issues or restates it.
finding_log = table(
    "finding_log",
    Column("log_id", INT, primary_key=True, autoincrement=False),
    filled("finding_id", INT),
    filled("logged_at", INT),
    Column("audit_id", INT),
    filled("action", TEXT),
    filled("status", TEXT),
    Column("by", TEXT),
    Column("reason", TEXT),
    Column("body", TEXT),
)
Index("ix_finding_log_finding_id", finding_log.c.finding_id)

#: Days of imported notices; the built-in calendar is not here. Dates are ISO texts.
calendars = table(
    "calendars",
    serial("calendar_id"),
    filled("notice", KEY),
    filled("imported_at", INT),
    filled("body", TEXT),
    UniqueConstraint("notice"),
)
