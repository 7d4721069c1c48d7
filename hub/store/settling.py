"""Setting breaches against the cards that stand, as columns: what a card says already need not be told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hub.model.blocks import Coded, Flags
from hub.model.breaches import Breaches, coded_alike
from hub.model.verdicts import SEVERITIES, Finding
from hub.store.chunks import places
from hub.store.columns import Columns
from hub.store.comparing import ENDED, Ref, Tally

_INSTANTS = ("started_at", "due_at", "stopped_at")
_WORDS = ("limit_unit", "department", "item_code", "reason")
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settled:
    """``unchanged``: findings that a card already is. The others are told, and so are the other cards.

    ``graver``: of cases with other cards, the rank of what is settled, by (dossier, monitor).
    """

    unchanged: int
    findings: list[Finding]
    cards: Columns
    graver: Mapping[tuple[Ref, str], int]


def settle(found: Sequence[Breaches], cards: Columns, ids: NDArray[np.int64], fresh: Flags) -> Settled:
    """Match the breaches of a block's cases, those as fresh as read, with the cards that stand.

    ``cards`` may hold strangers; they are dropped.
    """
    at, inside = places(ids, cards.numbers["dossier_id"])
    own = inside & fresh[at] if len(ids) else inside
    cards, at = cards.take(own), at[own]
    met = np.zeros(cards.count, dtype=np.bool_)
    told: list[Finding] = []
    ranked: list[tuple[Breaches, Rows]] = []
    for breaches in found:
        rows, matches = _pairs(breaches, cards, at)
        same = _says_so(breaches, rows, cards, matches)
        met[matches[same]] = True
        open_ = fresh[breaches.cases]
        open_[rows[same]] = False
        told += breaches.told(np.flatnonzero(open_))
        ranked.append((breaches, rows[same]))
    rest = cards.take(~met)
    others = np.zeros(len(ids), dtype=np.bool_)
    others[at[~met]] = True
    return Settled(int(met.sum()), told, rest, dict(_graver(ranked, others, ids)))


def _pairs(breaches: Breaches, cards: Columns, at: Rows) -> tuple[Rows, Rows]:
    """Rows of breaches, and for each the card of its case, monitor and severity."""
    mine = np.flatnonzero(cards.words["monitor"].is_one_of(breaches.monitor))
    keys = _keys(at[mine], coded_alike(cards.words["severity"], SEVERITIES)[mine])
    order = np.argsort(keys)
    keys, mine = keys[order], mine[order]
    sought = _keys(breaches.cases, breaches.severity - 1)
    if not len(mine):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    found = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
    rows = np.flatnonzero(keys[found] == sought)
    return rows, mine[found[rows]]


def _keys(cases: Rows, ranks: NDArray[np.signedinteger]) -> Rows:
    return cases * len(SEVERITIES) + ranks


def _says_so(breaches: Breaches, rows: Rows, cards: Columns, matches: Rows) -> Flags:
    """Which pairs need nothing written: the card is ended, or says what was found."""
    status = cards.words["status"]
    ended = status.is_one_of(*ENDED)[matches]
    same: Flags = cards.numbers["supported"][matches] == 1
    same &= ~(status.is_one_of("pending")[matches] & ~breaches.pending[rows])
    same &= (cards.numbers["provisional"][matches] == 1) == breaches.provisional[rows]
    limit, found = cards.numbers["limit"][matches], breaches.limit[rows]
    same &= (limit == found) | (np.isnan(limit) & np.isnan(found))
    for name in _INSTANTS:
        same &= cards.numbers[name][matches] == getattr(breaches, name)[rows]
    for name in _WORDS:
        column: Coded = getattr(breaches, name)
        same &= coded_alike(cards.words[name], column.words)[matches] == column.codes[rows]
    same |= ended
    return same


def _graver(
    ranked: Sequence[tuple[Breaches, Rows]], others: Flags, ids: NDArray[np.int64]
) -> Iterator[tuple[tuple[Ref, str], int]]:
    for breaches, rows in ranked:
        rows = rows[others[breaches.cases[rows]]]
        dossiers = ids[breaches.cases[rows]].tolist()
        for dossier, rank in zip(dossiers, (breaches.severity[rows] - 1).tolist(), strict=True):
            yield (dossier, breaches.monitor), rank


def count_found(
    tally: Tally, found: Sequence[Breaches], told: Sequence[Finding], ids: NDArray[np.int64], fresh: Flags
) -> None:
    """Add a block's findings to the counts by monitor and by the highest severity of each case."""
    highest = np.full(len(ids), -1, dtype=np.int64)
    for breaches in found:
        rows = fresh[breaches.cases]
        cases, ranks = breaches.cases[rows], breaches.severity[rows] - 1
        tally.count_monitor(breaches.monitor, len(cases))
        highest[cases] = np.maximum(highest[cases], ranks)
    at, inside = places(ids, np.array([f.subject.dossier_id for f in told], dtype=np.int64))
    for finding, case, known in zip(told, at.tolist(), inside.tolist(), strict=True):
        tally.count_monitor(finding.monitor, 1)
        if known:
            highest[case] = max(highest[case], SEVERITIES.index(finding.severity))
    ranks_found, counts = np.unique(highest[highest >= 0], return_counts=True)
    tally.count_ranks(dict(zip(ranks_found.tolist(), counts.tolist(), strict=True)))
