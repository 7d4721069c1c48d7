"""Blocks of columns on which judging works. One case is a block of one.

Every instant column is int64 in the encoding of hub.model.instants, NO_INSTANT where absent.
Texts with few distinct values travel as codes into a list of words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Instants = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Coded:
    """A text column: ``words[codes[i]]``, code −1 where absent."""

    codes: Codes
    words: Sequence[str]

    def word(self, i: int) -> str | None:
        code = int(self.codes[i])
        return None if code < 0 else self.words[code]

    def is_one_of(self, *words: str) -> Flags:
        """Which rows hold one of these texts."""
        wanted = frozenset(words)
        flags: Flags = np.array([word in wanted for word in self.words] + [False])[self.codes]
        return flags


@dataclass(frozen=True, slots=True)
class Children:
    """Rows that belong to cases: case i owns rows offsets[i] to offsets[i+1], in order of start.

    ``instants``, ``numbers``, ``words`` and ``flags`` hold the kind's fields by name; ``first_seen_at``
    (when the Hub first saw the row) is always among the instants. Free texts (reason, basis,
    approver, materials) are Coded; their absence is code −1.
    """

    offsets: NDArray[np.int64]
    instants: dict[str, Instants]
    numbers: dict[str, Numbers]
    words: dict[str, Coded]

    def __len__(self) -> int:
        return int(self.offsets[-1])

    def owners(self) -> NDArray[np.int64]:
        """For each row the index of its case."""
        return owners_of(self.offsets)


class Seen(NamedTuple):
    """By what a later look can tell whether cases are still as they were read.

    ``wakings``: the numbers of the noted changes that no audit had settled. ``audits_ended``: how many
    audits had ended, each of which removes the changes that it settled.
    """

    wakings: frozenset[int] = frozenset()
    audits_ended: int = 0


@dataclass(frozen=True, slots=True)
class CaseBlock:
    """n cases as columns. ``dossier_ids`` identify them in the store; texts of single cases are
    fetched by id only for those that get a finding.

    ``instants``: every instant field of the case kind by name, first_seen_at, and heard_before: up to
    when the source had been heard, with new cases, before the Hub first saw this one already closed.
    ``words``: item_code, department, case_type, result, applicant_type, channel, handler.
    ``numbers``: fee_due, fee_paid (yuan; NaN where absent).
    ``sources``: code of the source. ``known_until``: per case, the instant up to which *absence* may
    be judged (the earliest bound committed by all of its source's streams), NO_INSTANT: never.
    ``held``: a quarantined row with this case's key exists: every verdict on it is undecided.
    ``applicant_id_valid``: 1 valid, 0 invalid, −1 not given.
    ``parents``: dossier id of the lead case of a joint approval, −1 none.
    ``children``: by kind name: step, pause, supplement, extension, payment, rating; also member, card,
    and earlier: what was reported of the case before.
    ``seen``: what was on record beside the cases when they were read.
    """

    dossier_ids: NDArray[np.int64]
    sources: Coded
    instants: dict[str, Instants]
    words: dict[str, Coded]
    numbers: dict[str, Numbers]
    known_until: Instants
    held: Flags
    applicant_id_valid: NDArray[np.int8]
    parents: NDArray[np.int64]
    children: dict[str, Children]
    seen: Seen = field(default_factory=Seen)

    def __len__(self) -> int:
        return len(self.dossier_ids)


def owners_of(offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row the index of the case whose offsets enclose it."""
    return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
