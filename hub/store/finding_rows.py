"""Cards as rows: reading those that stand, writing a ruling to the log and its projection."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, func, select, update

from hub.model.blocks import Coded
from hub.model.instants import NO_INSTANT
from hub.model.verdicts import Finding
from hub.store.bulk import append, next_id
from hub.store.chunks import among, numbered
from hub.store.columnar import fetch
from hub.store.columns import Columns, Shape
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
    "reason": "word",
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
_encode = msgspec.json.Encoder().encode


def standing_of(connection: Connection, dossier_ids: NDArray[np.int64]) -> Columns:
    """The cards of these cases, and maybe of others between them."""
    columns = ", ".join(map(connection.dialect.identifier_preparer.quote, _CARD))
    own = numbered(findings.c.dossier_id, dossier_ids, connection)
    return fetch(connection, f"SELECT {columns} FROM findings WHERE {own}", _CARD)


def standing_others(connection: Connection) -> list[Card]:
    """The cards whose subject is no case."""
    shapes = {**_CARD, **_OTHERS}
    query = select(*(findings.c[name] for name in shapes)).where(findings.c.dossier_id.is_(None))
    return list(cards_of(fetch(connection, query, shapes)))


def cards_of(rows: Columns) -> Iterator[Card]:
    """Rows of cards told one by one."""
    columns: dict[str, Sequence[Any]] = {name: _texts(coded) for name, coded in rows.words.items()}
    columns |= {name: column.tolist() for name, column in rows.numbers.items()}
    columns["limit"] = [None if limit != limit else limit for limit in columns["limit"]]
    columns["provisional"] = [bool(flag) for flag in columns["provisional"]]
    refs: Iterable[Ref] = columns["dossier_id"]
    if "source" in columns:
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
    new_ids = range(0)
    if ruling.new:
        first = next_id(connection, findings.c.finding_id)
        new_ids = range(first, first + len(ruling.new))
        append(connection, findings, {"finding_id": new_ids, **_new_columns(ruling.new, as_of, naming)})
    _restate(connection, [*ruling.restated, *ruling.released, *ruling.supported], as_of)
    _set(connection, [c.finding_id for c, _ in ruling.released], status="issued", issued_at=as_of)
    _set(connection, [c.finding_id for c, _ in ruling.supported], supported=1)
    lost = [c.finding_id for c in (*ruling.unsupported, *ruling.lapsed)]
    _set(connection, lost, supported=0, changed_at=as_of)
    _log(connection, _entries(new_ids, ruling), audit_id, now)


def _entries(new_ids: Sequence[int], ruling: Ruling) -> dict[str, Sequence[Any]]:
    """The entries of the log as columns, in order."""
    states, rest = _states(ruling.new), list(_later_entries(ruling))
    columns: Iterable[Sequence[Any]] = zip(*rest, strict=True) if rest else [()] * 4
    ids, actions, statuses, told = columns
    return {
        "finding_id": [*new_ids, *ids],
        "action": [*states, *actions],
        "status": [*states, *statuses],
        "body": [None if f is None else _encode(f).decode() for f in (*ruling.new, *told)],
    }


def _later_entries(ruling: Ruling) -> Iterator[tuple[int, str, str, Finding | None]]:
    """Card, action, status and what is told, of cards that were there before."""
    for action, pairs in (("restated", ruling.restated), ("supported", ruling.supported)):
        for card, finding in pairs:
            yield card.finding_id, action, card.status, finding
    for card, finding in ruling.released:
        yield card.finding_id, "issued", "issued", finding
    for action, cards in (("unsupported", ruling.unsupported), ("lapsed", ruling.lapsed)):
        for card in cards:
            yield card.finding_id, action, card.status, None


def _states(new: Sequence[Finding]) -> list[str]:
    return ["pending" if finding.pending else "issued" for finding in new]


def _log(connection: Connection, entries: Mapping[str, Sequence[Any]], audit_id: int, now: int) -> None:
    count = len(entries["finding_id"])
    if not count:
        return
    first = next_id(connection, finding_log.c.log_id)
    columns: dict[str, Sequence[Any]] = {
        "log_id": range(first, first + count),
        "logged_at": [now] * count,
        "audit_id": [audit_id] * count,
    }
    append(connection, finding_log, {**columns, **entries})


def _new_columns(new: Sequence[Finding], as_of: int, naming: Naming) -> dict[str, Sequence[Any]]:
    names = [naming(finding) for finding in new]
    at = [as_of] * len(new)
    return {
        "subject_kind": [finding.subject.kind for finding in new],
        "source": [source for source, _ in names],
        "subject_key": [key for _, key in names],
        "dossier_id": [finding.subject.dossier_id for finding in new],
        "monitor": [finding.monitor for finding in new],
        "severity": [finding.severity for finding in new],
        "status": _states(new),
        "detected_at": at,
        "issued_at": [None if finding.pending else as_of for finding in new],
        "changed_at": at,
        **_stated_columns(new),
    }


def _stated_columns(found: Sequence[Finding]) -> dict[str, Sequence[Any]]:
    """What a card says, and may say anew when facts change."""
    return {
        "limit": [finding.limit for finding in found],
        "limit_unit": [finding.limit_unit for finding in found],
        "started_at": _instants(finding.started_at for finding in found),
        "due_at": _instants(finding.due_at for finding in found),
        "stopped_at": _instants(finding.stopped_at for finding in found),
        "provisional": [int(finding.provisional) for finding in found],
        "department": [finding.department for finding in found],
        "item_code": [finding.item_code for finding in found],
        "clock": [finding.clock for finding in found],
        "elapsed": [finding.elapsed for finding in found],
        "legal_basis": [finding.legal_basis for finding in found],
        "rule_version": [finding.rule_version for finding in found],
        "calendar_version": [finding.calendar_version for finding in found],
        "reason": [finding.reason for finding in found],
    }


def _instants(values: Iterable[int]) -> list[int | None]:
    return [None if value == NO_INSTANT else value for value in values]


def _restate(connection: Connection, pairs: Sequence[tuple[Card, Finding]], as_of: int) -> None:
    if not pairs:
        return
    columns = _stated_columns([finding for _, finding in pairs])
    columns |= {"changed_at": [as_of] * len(pairs)}
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    statement = update(findings).where(findings.c.finding_id == bindparam("card")).values(values)
    rows = zip([card.finding_id for card, _ in pairs], *columns.values(), strict=True)
    names = ["card", *(f"new_{name}" for name in columns)]
    connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def _set(connection: Connection, finding_ids: Sequence[int], **values: Any) -> None:
    if finding_ids:
        listed = among(findings.c.finding_id, np.array(finding_ids, dtype=np.int64), connection)
        connection.execute(update(findings).where(listed).values(values))


def count_standing(connection: Connection) -> int:
    """How many cards the facts support now."""
    return int(connection.scalar(select(func.count()).where(findings.c.supported == 1)) or 0)
