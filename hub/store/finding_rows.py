"""Cards as rows: reading those that stand, writing a ruling to the log and its projection."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, bindparam, func, select, update

from hub.model.blocks import Coded
from hub.model.instants import NO_INSTANT
from hub.model.verdicts import Finding
from hub.store.bulk import append, next_id
from hub.store.chunks import among, numbered
from hub.store.columnar import fetch
from hub.store.columns import Shape
from hub.store.comparing import Card, Ref, Ruling
from hub.store.schema_audit import finding_log, findings

_STATED: dict[str, Shape] = {
    "limit": "real",
    "limit_unit": "word",
    "started_at": "integer",
    "due_at": "integer",
    "stopped_at": "integer",
    "provisional": "integer",
    "department": "word",
    "item_code": "word",
}
_CARD: dict[str, Shape] = {
    "finding_id": "integer",
    "dossier_id": "integer",
    "monitor": "word",
    "severity": "word",
    "status": "word",
    "supported": "integer",
    **_STATED,
}
_OTHERS: dict[str, Shape] = {"subject_kind": "word", "source": "word", "subject_key": "word"}
_RESTATED = (
    *_STATED,
    "clock",
    "elapsed",
    "legal_basis",
    "rule_version",
    "calendar_version",
    "reason",
)
_NEW = (
    "finding_id",
    "subject_kind",
    "source",
    "subject_key",
    "dossier_id",
    "monitor",
    "severity",
    "status",
    "detected_at",
    "issued_at",
    "changed_at",
    *_RESTATED,
)
_LOG = ("log_id", "finding_id", "logged_at", "audit_id", "action", "status", "by", "reason", "body")
_encode = msgspec.json.Encoder().encode


def standing_of(connection: Connection, dossier_ids: NDArray[np.int64]) -> list[Card]:
    """The cards of these cases."""
    query = select(*(findings.c[name] for name in _CARD)).where(
        numbered(findings.c.dossier_id, dossier_ids, connection)
    )
    own = set(dossier_ids.tolist())
    return [card for card in _cards(connection, query, _CARD) if card.ref in own]


def standing_others(connection: Connection) -> list[Card]:
    """The cards whose subject is no case."""
    shapes = {**_CARD, **_OTHERS}
    query = select(*(findings.c[name] for name in shapes)).where(findings.c.dossier_id.is_(None))
    return list(_cards(connection, query, shapes))


def _cards(connection: Connection, query: Select[Any], shapes: dict[str, Shape]) -> Iterator[Card]:
    rows = fetch(connection, query, shapes)
    columns: dict[str, Sequence[Any]] = {name: _texts(coded) for name, coded in rows.words.items()}
    columns |= {name: column.tolist() for name, column in rows.numbers.items()}
    columns["limit"] = [None if limit != limit else limit for limit in columns["limit"]]
    columns["provisional"] = [bool(flag) for flag in columns["provisional"]]
    refs: Iterable[Ref] = columns["dossier_id"]
    if "source" in shapes:
        refs = zip(*(columns[name] for name in _OTHERS), strict=True)
    statements = zip(*(columns[name] for name in _STATED), strict=True)
    named = ("monitor", "severity", "status")
    return map(
        Card,
        columns["finding_id"],
        refs,
        *(columns[name] for name in named),
        map(bool, columns["supported"]),
        statements,
    )


def _texts(coded: Coded) -> list[str | None]:
    words = [*coded.words, None]  # absent is −1: the last
    return [words[code] for code in coded.codes.tolist()]


#: Gives a finding's source and subject key as they are stored.
Naming = Callable[[Finding], tuple[str, str]]


def write_ruling(
    connection: Connection, ruling: Ruling, *, audit_id: int, as_of: int, now: int, naming: Naming
) -> None:
    """Write what a ruling changes. Ids are counted up under the caller's lock: log order is commit order."""
    first = next_id(connection, findings.c.finding_id)
    numbered = list(enumerate(ruling.new, first))
    append(connection, findings, _NEW, (_new_row(i, f, as_of, naming) for i, f in numbered))
    restated = [*ruling.restated, *ruling.released, *ruling.supported]
    _restate(connection, restated, as_of)
    _set(connection, [c.finding_id for c, _ in ruling.released], status="issued", issued_at=as_of)
    _set(connection, [c.finding_id for c, _ in ruling.supported], supported=1)
    lost = [c.finding_id for c in (*ruling.unsupported, *ruling.lapsed)]
    _set(connection, lost, supported=0, changed_at=as_of)
    log_id = next_id(connection, finding_log.c.log_id)
    entries = enumerate(_entries(numbered, ruling), log_id)
    append(
        connection,
        finding_log,
        _LOG,
        ((i, e[0], now, audit_id, e[1], e[2], None, None, e[3]) for i, e in entries),
    )


Entry = tuple[int, str, str, str | None]


def _entries(numbered: Sequence[tuple[int, Finding]], ruling: Ruling) -> Iterator[Entry]:
    for finding_id, finding in numbered:
        status = _status(finding)
        yield finding_id, status, status, _encode(finding).decode()
    for action, pairs in (("restated", ruling.restated), ("supported", ruling.supported)):
        for card, finding in pairs:
            yield card.finding_id, action, card.status, _encode(finding).decode()
    for card, finding in ruling.released:
        yield card.finding_id, "issued", "issued", _encode(finding).decode()
    for action, cards in (("unsupported", ruling.unsupported), ("lapsed", ruling.lapsed)):
        for card in cards:
            yield card.finding_id, action, card.status, None


def _status(finding: Finding) -> str:
    return "pending" if finding.pending else "issued"


def _new_row(finding_id: int, finding: Finding, as_of: int, naming: Naming) -> tuple[Any, ...]:
    source, key = naming(finding)
    return (
        finding_id,
        finding.subject.kind,
        source,
        key,
        finding.subject.dossier_id,
        finding.monitor,
        finding.severity,
        _status(finding),
        as_of,
        None if finding.pending else as_of,
        as_of,
        *_restated_values(finding),
    )


def _restated_values(finding: Finding) -> tuple[Any, ...]:
    return (
        finding.limit,
        finding.limit_unit,
        _instant(finding.started_at),
        _instant(finding.due_at),
        _instant(finding.stopped_at),
        int(finding.provisional),
        finding.department,
        finding.item_code,
        finding.clock,
        finding.elapsed,
        finding.legal_basis,
        finding.rule_version,
        finding.calendar_version,
        finding.reason,
    )


def _instant(value: int) -> int | None:
    return None if value == NO_INSTANT else value


def _restate(connection: Connection, pairs: Sequence[tuple[Card, Finding]], as_of: int) -> None:
    if not pairs:
        return
    values: Mapping[str, Any] = {name: bindparam(f"new_{name}") for name in (*_RESTATED, "changed_at")}
    statement = update(findings).where(findings.c.finding_id == bindparam("card")).values(values)
    connection.execute(
        statement,
        [
            {
                "card": card.finding_id,
                "new_changed_at": as_of,
                **{f"new_{n}": v for n, v in zip(_RESTATED, _restated_values(finding), strict=True)},
            }
            for card, finding in pairs
        ],
    )


def _set(connection: Connection, finding_ids: Sequence[int], **values: Any) -> None:
    if finding_ids:
        listed = among(findings.c.finding_id, np.array(finding_ids, dtype=np.int64), connection)
        connection.execute(update(findings).where(listed).values(values))


def count_standing(connection: Connection) -> int:
    """How many cards the facts support now."""
    return int(connection.scalar(select(func.count()).where(findings.c.supported == 1)) or 0)
