"""Recording an audit: each judged chunk in one transaction, and only where facts are still as read.

What every audit asks, however small, is put in words that both engines know: a new process composes a
statement in ten times what an engine takes to run it. Only integers of our own ever stand in these.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, text

from hub.model.blocks import CaseBlock
from hub.model.breaches import Breaches
from hub.model.instants import NO_INSTANT
from hub.model.verdicts import Finding
from hub.store.audited import keep_judged_by
from hub.store.bulk import shut_out_writers
from hub.store.chunks import by_indexes, lie_close, numbered
from hub.store.columnar import fetch
from hub.store.comparing import COUNTED, Ruling, Tally, compare, ref_of
from hub.store.engine import hurry, reading, writing
from hub.store.finding_rows import (
    Naming,
    cards_of,
    count_standing,
    standing_of,
    standing_others,
    write_ruling,
)
from hub.store.schedule import NEVER, ONE_DAY, reschedule, still_as_read
from hub.store.schema import dossiers
from hub.store.schema_audit import audits, due, finding_log, woken
from hub.store.settling import count_found, settle
from hub.store.woken import settle_woken, undertake


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What judging a block gave: findings, when to judge each case again, which could not be judged.

    ``breaches``: more findings, not told yet. ``monitors``: those that judged (None: all); cards of others
    stay as they are.
    """

    findings: Sequence[Finding]
    judge_at: NDArray[np.int64]
    undecided: Mapping[int, str]
    monitors: Collection[str] | None = None
    breaches: Sequence[Breaches] = ()


_BEGUN = text(
    f"INSERT INTO {audits.name} (as_of, started_at, scope) VALUES (:as_of, :started_at, :scope) "
    "RETURNING audit_id"
)


def begin_audit(
    engine: Engine, *, as_of: int, now: int, scope: Mapping[str, object], source: str | None = None
) -> int:
    """Its number. ``source``: the only one whose cases it judges."""
    with writing(engine, "beginning an audit") as connection:
        told = msgspec.json.encode(scope).decode()
        row = {"as_of": as_of, "started_at": now, "scope": told}
        audit_id = int(connection.execute(_BEGUN, row).scalar_one())
        # Its place in the log is kept: no verdict of it outlives a crash that this does not.
        hurry(connection)
        undertake(connection, audit_id, source)
        return audit_id


def record_audit(
    engine: Engine, audit_id: int, *, as_of: int, now: int, block: CaseBlock, verdicts: Verdicts
) -> Tally:
    """Write a chunk's verdicts. Cases whose facts changed meanwhile are left due and counted overtaken."""
    with writing(engine, "recording an audit") as connection:
        # Not row by row, because a batch that commits between our look and our write would be judged
        # without its facts; batches wait for this short transaction instead.
        shut_out_writers(connection, due, finding_log, woken)
        if not lie_close(block.dossier_ids):
            # The first cards are a hundred thousand, and their statistics come later.
            by_indexes(connection, "seqscan")
        fresh = still_as_read(connection, block)
        ruling, tally = _rule(connection, block, verdicts, fresh)
        naming = _naming(connection, ruling.new)
        write_ruling(connection, ruling, audit_id=audit_id, as_of=as_of, now=now, naming=naming)
        judge_at = _looking_again(block, verdicts, ruling, as_of)
        # What was overtaken is due, whoever settles what overtook it.
        tally.unscheduled = reschedule(connection, block.dossier_ids, np.where(fresh, judge_at, 0))
        _add_up(connection, audit_id, tally)
    return tally


def preview_audit(engine: Engine, *, block: CaseBlock, verdicts: Verdicts) -> Tally:
    """The counts that recording would give; nothing is written."""
    with reading(engine, "comparing with the cards") as connection:
        everyone = np.ones(len(block), dtype=np.bool_)
        return _rule(connection, block, verdicts, everyone)[1]


def record_others(
    engine: Engine,
    audit_id: int,
    *,
    as_of: int,
    now: int,
    findings_: Sequence[Finding],
    monitors: Collection[str],
) -> Tally:
    """Record findings whose subjects are no cases, found by these monitors."""
    with writing(engine, "recording an audit") as connection:
        shut_out_writers(connection, finding_log)
        ruling = compare(standing_others(connection), findings_, monitors=monitors)
        tally = Tally()
        tally.count(ruling)
        write_ruling(connection, ruling, audit_id=audit_id, as_of=as_of, now=now, naming=_own_name)
        _add_up(connection, audit_id, tally)
    tally.count_findings(findings_)
    return tally


def finish_audit(
    engine: Engine,
    audit_id: int,
    *,
    now: int,
    gained: int | None = None,
    judged_by: Mapping[str, bytes] | None = None,
) -> str | None:
    """Close an audit; returns what is suspicious about it: no card stands, where some did before.

    ``gained``: by how many the standing cards became more, where that was noted; None: they are counted.
    ``judged_by``: kept for the next audit to compare.
    """
    with writing(engine, "finishing an audit") as connection:
        before, alone, any_stands = _standing_before(connection, audit_id)
        # Not counted every time, because an audit of ten cases would read every card there is.
        if gained is None or before is None or not alone:
            standing = count_standing(connection)
        else:
            standing = max(before + gained, 1) if any_stands else 0
        connection.exec_driver_sql(
            f"UPDATE audits SET finished_at = {int(now)}, standing = {standing} "
            f"WHERE audit_id = {int(audit_id)}"
        )
        settle_woken(connection, audit_id)
        if judged_by:
            keep_judged_by(connection, judged_by)
    if standing == 0 and before:
        return f"no finding is supported any more, where {before} were after the audit before"
    return None


def _standing_before(connection: Connection, audit_id: int) -> tuple[int | None, bool, bool]:
    """How many cards stood after the last finished audit, whether no other came since, whether any stands.

    One that broke off since, or ran beside this one, changed what is in no count.
    """
    rows = connection.exec_driver_sql(
        "SELECT audit_id, standing, EXISTS (SELECT 1 FROM findings WHERE supported = 1) FROM audits "
        "WHERE audit_id >= (SELECT max(audit_id) FROM audits WHERE standing IS NOT NULL "
        f"AND audit_id < {int(audit_id)}) ORDER BY audit_id LIMIT 3"
    ).all()
    if not rows:
        return None, False, False
    return rows[0][1], [row[0] for row in rows[1:]] == [audit_id], bool(rows[0][2])


def _rule(
    connection: Connection,
    block: CaseBlock,
    verdicts: Verdicts,
    fresh: NDArray[np.bool_],
) -> tuple[Ruling, Tally]:
    stale = set(block.dossier_ids[~fresh].tolist())
    kept = [f for f in verdicts.findings if ref_of(f) not in stale] if stale else verdicts.findings
    undecided = {int(block.dossier_ids[i]) for i in verdicts.undecided} - stale
    cards = standing_of(connection, block.dossier_ids)
    settled = settle(verdicts.breaches, cards, block.dossier_ids, fresh)
    found, standing = [*settled.findings, *kept], cards_of(settled.cards)
    monitors, graver = verdicts.monitors, settled.graver
    ruling = compare(standing, found, undecided=undecided, monitors=monitors, graver=graver)
    ruling.unchanged += settled.unchanged
    tally = Tally(judged=len(block) - len(stale), undecided=len(undecided), overtaken=len(stale))
    tally.count(ruling)
    count_found(tally, verdicts.breaches, kept, block.dossier_ids, fresh)
    return ruling, tally


def _looking_again(block: CaseBlock, verdicts: Verdicts, ruling: Ruling, as_of: int) -> NDArray[np.int64]:
    """When to judge again; a case that got a yellow card also a day later, when the card is among its facts.

    Whoever judged did not know the card yet, so not when its answer is due either.
    """
    issued = [f for f in (*ruling.new, *(f for _, f in ruling.released)) if not f.pending]
    carded = {f.subject.dossier_id for f in issued if f.severity == "yellow"} - {None}
    if not carded:
        return verdicts.judge_at
    again = np.where(verdicts.judge_at == NO_INSTANT, NEVER, verdicts.judge_at)
    own = np.isin(block.dossier_ids, np.array(sorted(carded), dtype=np.int64))  # type: ignore[type-var]
    return np.where(own, np.minimum(again, as_of + ONE_DAY), again)


def _naming(connection: Connection, new: Sequence[Finding]) -> Naming:
    """Case numbers by dossier, read only for the cases that get a card."""
    named = {f.subject.dossier_id for f in new if f.subject.dossier_id is not None}
    if not named:
        return _own_name
    ids = np.array(sorted(named), dtype=np.int64)
    wanted = numbered(dossiers.c.dossier_id, ids, connection)
    query = f"SELECT dossier_id, case_no FROM dossiers WHERE {wanted}"
    found = fetch(connection, query, {"dossier_id": "integer", "case_no": "names"})
    case_nos = dict(zip(found.numbers["dossier_id"].tolist(), found.names["case_no"].texts, strict=True))

    def name(finding: Finding) -> tuple[str, str]:
        dossier = finding.subject.dossier_id
        return finding.subject.source, finding.subject.key if dossier is None else case_nos[dossier]

    return name


def _own_name(finding: Finding) -> tuple[str, str]:
    return finding.subject.source, finding.subject.key


def _add_up(connection: Connection, audit_id: int, tally: Tally) -> None:
    counted = ", ".join(f"{n} = {n} + {int(getattr(tally, n))}" for n in COUNTED if n in audits.c)
    connection.exec_driver_sql(f"UPDATE {audits.name} SET {counted} WHERE audit_id = {int(audit_id)}")
