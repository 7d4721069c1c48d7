"""Cards for reading: the list of findings, a card with its log, findings that were not written."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, select

from hub.model.instants import NEVER, NO_INSTANT, isoformat
from hub.model.verdicts import FINDING_FIELDS, Finding
from hub.store.engine import reading
from hub.store.schema import dossiers
from hub.store.schema_audit import finding_log, findings

#: What the store tells of a card beyond what every finding says.
_FIELDS = (
    *FINDING_FIELDS,
    "supported",
    "reason",
    "subject_key",
    "issued_at",
    "answered_at",
    "changed_at",
)
#: Instants in the detail of a card that are not named …_at.
_MOMENTS = ("from", "to", "heard_until", "last_arrival")
_INSTANTS = ("started_at", "due_at", "stopped_at", "detected_at", "issued_at", "answered_at", "changed_at")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of findings is narrowed to. ``status``: a state, or "unsupported".

    ``since``: detected at or after.
    """

    source: str | None = None
    department: str | None = None
    monitor: str | None = None
    severity: str | None = None
    status: str | None = None
    since: int | None = None
    case_no: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        columns = findings.c
        same = {name: getattr(self, name) for name in ("source", "department", "monitor", "severity")}
        wanted = [columns[name] == value for name, value in same.items() if value is not None]
        if self.status == "unsupported":
            wanted.append(columns.supported == 0)
        elif self.status is not None:
            wanted.append(columns.status == self.status)
        if self.since is not None:
            wanted.append(columns.detected_at >= self.since)
        if self.case_no is not None:
            wanted += [columns.subject_kind == "case", columns.subject_key == self.case_no]
        return wanted


def list_findings(engine: Engine, filters: Filters, zone: tzinfo) -> list[dict[str, Any]]:
    """Every card that matches, pending and unsupported ones included, in order of issue."""
    query = select(findings).where(*filters.conditions()).order_by(findings.c.finding_id)
    with reading(engine, "listing findings") as connection:
        return [_document(dict(row), zone) for row in connection.execute(query).mappings()]


def cards_of_case(engine: Engine, source: str, case_no: str, zone: tzinfo) -> list[dict[str, Any]]:
    """The cards of a case, each with the log of its life and the detail it now rests on."""
    cards = list_findings(engine, Filters(source=source, case_no=case_no), zone)
    with reading(engine, "reading a card's log") as connection:
        return [
            {
                **card,
                "detail": _detail(connection, card["finding_id"], zone),
                "log": card_log(connection, card["finding_id"], zone),
            }
            for card in cards
        ]


def _detail(connection: Connection, finding_id: int, zone: tzinfo) -> Any:
    """What the card names beyond its columns, as it was last stated."""
    query = select(finding_log.c.body).where(
        finding_log.c.finding_id == finding_id, finding_log.c.body.is_not(None)
    )
    body = connection.scalar(query.order_by(finding_log.c.log_id.desc()).limit(1))
    detail = _told((json.loads(body) if body else {}).get("detail", {}), "", zone)
    if "lead_dossier" in detail:
        own = dossiers.c.dossier_id == detail["lead_dossier"]
        detail["lead"] = connection.scalar(select(dossiers.c.case_no).where(own))
    return detail


def _told(value: Any, name: str, zone: tzinfo) -> Any:
    """The same with its instants as ISO 8601; they are known by their names."""
    if isinstance(value, dict):
        return {key: _told(each, key, zone) for key, each in value.items()}
    if isinstance(value, list):
        return [_told(each, name, zone) for each in value]
    if isinstance(value, int) and (name in _MOMENTS or name.endswith("_at")):
        return None if value == NO_INSTANT or value >= NEVER else isoformat(value, zone)
    return value


def card_log(connection: Connection, finding_id: int, zone: tzinfo) -> list[dict[str, Any]]:
    """What happened to a card: who did what, when and why, from the first entry on."""
    columns = ("logged_at", "action", "status", "by", "reason", "audit_id")
    query = select(*(finding_log.c[name] for name in columns))
    query = query.where(finding_log.c.finding_id == finding_id).order_by(finding_log.c.log_id)
    return [
        {**entry, "logged_at": isoformat(entry["logged_at"], zone)}
        for entry in connection.execute(query).mappings()
    ]


def _document(row: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    case_no = row["subject_key"] if row["subject_kind"] == "case" else None
    document = {name: row[name] if name != "case_no" else case_no for name in _FIELDS}
    document["provisional"] = bool(row["provisional"])
    document["supported"] = bool(row["supported"])
    for name in _INSTANTS:
        document[name] = None if row[name] is None else isoformat(row[name], zone)
    return document


def unwritten(engine: Engine, found: Sequence[Finding], *, as_of: int, zone: tzinfo) -> list[dict[str, Any]]:
    """Findings of an audit that wrote nothing, as the same documents without an id."""
    case_nos = _case_nos(engine, {f.subject.dossier_id for f in found if f.subject.dossier_id is not None})
    return [_document(_as_row(finding, case_nos, as_of), zone) for finding in found]


def _case_nos(engine: Engine, dossier_ids: Iterable[int]) -> dict[int, str]:
    import numpy as np

    from hub.store.chunks import among

    ids = np.array(sorted(dossier_ids), dtype=np.int64)
    with reading(engine, "reading case numbers") as connection:
        wanted = among(dossiers.c.dossier_id, ids, connection)
        query = select(dossiers.c.dossier_id, dossiers.c.case_no).where(wanted)
        return {row.dossier_id: row.case_no for row in connection.execute(query)}


def _as_row(finding: Finding, case_nos: Mapping[int, str], as_of: int) -> dict[str, Any]:
    subject = finding.subject
    row: dict[str, Any] = {name: getattr(finding, name, None) for name in _FIELDS}
    row |= {name: None for name in _INSTANTS if row[name] == NO_INSTANT}
    row |= {"subject_kind": subject.kind, "source": subject.source, "detected_at": as_of, "supported": True}
    row["subject_key"] = subject.key if subject.dossier_id is None else case_nos[subject.dossier_id]
    row["status"] = "pending" if finding.pending else "issued"
    return row
