"""What one batch changes in the store, by whichever road it was told: one answer, that is written one way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from hub.model.arrow_column import ArrowColumn
from hub.store.fingerprint_log import Fingerprints
from hub.store.fingerprints import pairs_in
from hub.store.preparing import Column, Prepared, cases_of, has_value

#: Keys of rows, by kind.
Keys = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Written:
    """Rows of one table that are written at once. ``told``: what the store says of each, by column."""

    block: Prepared
    told: dict[str, Column]
    #: They go into history: versions that came and went within the batch.
    passed: bool = False

    @classmethod
    def of(
        cls,
        block: Prepared,
        raw_fps: Sequence[bytes],
        first_seen_at: NDArray[np.int64] | None = None,
        identities: Sequence[str] | None = None,
        withdrawn_at: Sequence[int | None] = (),
        *,
        passed: bool = False,
    ) -> "Written":
        """``first_seen_at``; None: now, by whoever writes them. ``identities``: the keys of the raw records;
        None: they are those of the rows.
        """
        told: dict[str, Column] = {"raw_fp": raw_fps, "withdrawn_at": withdrawn_at}
        if first_seen_at is not None:
            told["first_seen_at"] = ArrowColumn.of_integers(first_seen_at)
        if identities is not None:
            pairs = zip(identities, block.keys, strict=True)
            told["raw_key"] = [identity if identity != key else None for identity, key in pairs]
        return cls(block, {name: column for name, column in told.items() if has_value(column)}, passed)

    def standing(self) -> Fingerprints:
        """The fingerprints of those that are not withdrawn."""
        both = pairs_in(self.told["raw_fp"]), pairs_in(self.block.value_fps)
        if (withdrawn_at := self.told.get("withdrawn_at")) is not None:
            stands = [at is None for at in withdrawn_at]
            both = both[0][stands], both[1][stands]
        return both[0].tobytes(), both[1].tobytes()


@dataclass(frozen=True, slots=True)
class Changes:
    """What to do, in this order: withdraw stored rows, move stored rows to history, touch unchanged ones
    (give them other raw fingerprints), write rows.
    """

    withdrawn: Keys = field(default_factory=dict)
    moved: Keys = field(default_factory=dict)
    touched: Mapping[str, dict[str, bytes]] = field(default_factory=dict)
    written: Sequence[Written] = ()
    #: The rows that there are more than before.
    new: Keys = field(default_factory=dict)
    #: Whether no record of the batch can have been met before.
    all_new: bool = False
    #: The raw records that are new, and those that changed what stands: indexes in the batch.
    inserted: Sequence[int] = ()
    updated: Sequence[int] = ()
    #: The lead cases that changed rows name, or named.
    parents: frozenset[str] = frozenset()
    #: Fingerprints of what stands no longer: of raw bytes, and of values.
    gone: tuple[Sequence[bytes], Sequence[bytes]] = ((), ())

    @property
    def nothing(self) -> bool:
        """Whether every record stands as it is."""
        return not (self.withdrawn or self.moved or self.touched or self.written)

    def case_nos(self) -> list[str]:
        """The cases whose records changed, each once."""
        if self.all_new and self.new.keys() == {"case"}:
            return list(self.new["case"])
        changed = [cases_of(kind, keys) for kind, keys in self.withdrawn.items()]
        changed += [cases_of(written.block.kind, written.block.keys) for written in self.written]
        return list(dict.fromkeys(chain.from_iterable(changed)))

    def first_met(self, case_nos: Sequence[str]) -> list[str]:
        """Those of its cases that may have no dossier yet: nothing that stood of them is changed."""
        stood = chain(self.withdrawn.items(), self.moved.items())
        known = frozenset(chain.from_iterable(cases_of(kind, keys) for kind, keys in stood))
        return [case_no for case_no in case_nos if case_no not in known]
