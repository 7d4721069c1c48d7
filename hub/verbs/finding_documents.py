"""A finding as JSON (DESIGN §9), whether just judged or read back from the store."""

from collections.abc import Mapping
from typing import Any

from hub.model.instants import NO_INSTANT
from hub.model.verdicts import Finding
from hub.verbs.installation import Installation

_INSTANTS = (
    "started_at",
    "due_at",
    "stopped_at",
    "detected_at",
    "issued_at",
    "answered_at",
    "changed_at",
    "at",
)


def finding_document(
    installation: Installation, finding: Finding, case_nos: Mapping[int, str]
) -> dict[str, Any]:
    """A finding that was judged but not written: it has no number and no status of a card."""
    subject = finding.subject
    named = None if subject.dossier_id is None else case_nos.get(subject.dossier_id)
    return {
        "finding_id": None,
        "subject_kind": subject.kind,
        "source": subject.source,
        "case_no": named if subject.kind == "case" else None,
        "department": finding.department,
        "item_code": finding.item_code,
        "monitor": finding.monitor,
        "severity": finding.severity,
        "status": "pending" if finding.pending else "issued",
        "clock": finding.clock,
        "limit": finding.limit,
        "limit_unit": finding.limit_unit,
        "started_at": _iso(installation, finding.started_at),
        "due_at": _iso(installation, finding.due_at),
        "stopped_at": _iso(installation, finding.stopped_at),
        "elapsed": finding.elapsed,
        "provisional": finding.provisional,
        "detected_at": None,
        "legal_basis": finding.legal_basis,
        "rule_version": finding.rule_version,
        "calendar_version": finding.calendar_version,
        "reason": finding.reason,
    }


def stored_document(installation: Installation, row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored card, its instants as ISO 8601."""
    stamps = {name: _iso(installation, row[name]) for name in _INSTANTS if name in row}
    return {**row, **stamps}


def _iso(installation: Installation, instant: int | None) -> str | None:
    return None if instant in (None, NO_INSTANT) else installation.iso(instant)
