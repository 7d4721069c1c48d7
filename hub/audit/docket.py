"""What every monitor asks of a block's cases, worked out once: item version, start, stop, limits."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hub.audit.bench import Bench
from hub.audit.excerpt import as_it_stood
from hub.audit.pausing import pauses_for
from hub.audit.rules import Rule
from hub.audit.settled import measure_unsettled
from hub.clock.axes import ClockName
from hub.clock.columns import ExtensionColumns, LimitColumns, PauseColumns, Timing
from hub.clock.starts import Starts, clock_starts, clock_stops
from hub.model.blocks import CaseBlock, Children, Coded, Flags, Instants, Numbers
from hub.model.breaches import one_code_each
from hub.model.instants import NO_INSTANT

STOP_ORDER = {"statutory": ("decided_at", "closed_at"), "promised": ("closed_at", "decided_at")}


@dataclass(frozen=True, slots=True)
class Question:
    """One limit of every case, ready for either clock."""

    limits: LimitColumns
    pauses: PauseColumns | None
    extensions: ExtensionColumns | None


class Docket:
    """The cases as they stood at the bench's as-of. Columns are over cases.

    ``telling``: every limit is measured, those surely kept too, because someone will read them.
    """

    def __init__(self, block: CaseBlock, bench: Bench, *, telling: bool = False) -> None:
        self.telling = telling
        self.raw = block
        self.block = as_it_stood(block, bench.as_of)
        self.bench = bench
        #: Of each monitor that judged already: the cases it has something against, or cannot decide.
        self.against: dict[str, Flags] = {}
        self._questions: dict[tuple[str, bool, bool], Question] = {}
        self._timings: dict[tuple[str, bool, bool, ClockName], Timing] = {}
        self._supplied: dict[str, Flags] = {}
        self._stopped: dict[str, Instants] = {}

    def __len__(self) -> int:
        return len(self.block)

    def instant(self, name: str) -> Instants:
        """An instant of the cases; all absent where the block does not carry it."""
        found = self.block.instants.get(name)
        return np.full(len(self), NO_INSTANT, dtype=np.int64) if found is None else found

    def number(self, name: str) -> Numbers:
        """A number of the cases; NaN where absent."""
        found = self.block.numbers.get(name)
        return np.full(len(self), np.nan) if found is None else found

    def children(self, kind: str) -> Children | None:
        """Child rows of that kind; None where there are none at all."""
        rows = self.block.children.get(kind)
        return rows if rows is not None and len(rows) else None

    def has_result(self, *results: str) -> Flags:
        """Whether the case ended with one of these results."""
        column = self.block.words.get("result")
        if column is None:
            return np.zeros(len(self), dtype=np.bool_)
        return column.is_one_of(*results)

    def supplied(self, name: str) -> Flags:
        """Whether the case's source sends that field at all; what it never sends cannot be missing."""
        if name not in self._supplied:
            supplies, sources = self.bench.supplies, self.block.sources
            sent = [supplies is None or name in supplies.get(word, (name,)) for word in sources.words]
            self._supplied[name] = np.array([*sent, True])[sources.codes]
        return self._supplied[name]

    def assumed(self, name: str) -> Flags:
        """Whether that field may be what the source's mapping supposes where the source says nothing."""
        assumes, sources = self.bench.assumes, self.block.sources
        return np.array([*(name in assumes.get(word, ()) for word in sources.words), False])[sources.codes]

    def still_to_hear(self, cases: Flags, until: Instants) -> Flags:
        """Those of the cases whose source was not heard up to an instant: what they lack may yet come."""
        behind: Flags = cases & (self.absence_until < until)
        return behind

    @cached_property
    def version_day(self) -> NDArray[np.int64]:
        """The local day that decides the item version: acceptance, else receipt."""
        accepted, received = self.instant("accepted_at"), self.instant("received_at")
        return self.bench.keeper.local_days(np.where(accepted == NO_INSTANT, received, accepted))

    @cached_property
    def dated(self) -> Flags:
        """Cases with acceptance or receipt."""
        dated: Flags = (self.instant("accepted_at") != NO_INSTANT) | (
            self.instant("received_at") != NO_INSTANT
        )
        return dated

    @cached_property
    def to_come(self) -> Flags:
        """Cases of which nothing has happened by the as-of, though later events are told."""
        told = (self.raw.instants["accepted_at"] != NO_INSTANT) | (
            self.raw.instants["received_at"] != NO_INSTANT
        )
        to_come: Flags = told & ~self.dated
        return to_come

    @cached_property
    def version(self) -> NDArray[np.int64]:
        """Index of the item version that governs each case, −1 none."""
        found = self.bench.catalogue.lookup(self.block.words["item_code"], self.version_day)
        return np.where(self.dated, found, -1)

    def is_type(self, case_type: str) -> Flags:
        """Whether the item, or else the case itself, is of that type."""
        column = self.block.words.get("case_type")
        of_item = self.bench.catalogue.has_type(case_type, self.version)
        if column is None or case_type not in column.words:
            return of_item
        untyped = self.version < 0
        own = column.is_one_of(case_type)
        found: Flags = of_item | (own & (untyped | ~self.item_typed))
        return found

    @cached_property
    def item_typed(self) -> Flags:
        """Cases whose item says of what type they are: what they say of themselves is no matter."""
        typed = [v.case_type is not None for v in self.bench.catalogue.versions]
        return np.array([*typed, False])[self.version]

    @cached_property
    def departments(self) -> Coded:
        """The department of each case, else its item's."""
        of_items = [version.department or "" for version in self.bench.catalogue.versions]
        told = self.block.words.get("department")
        words = [] if told is None else list(told.words)
        codes = np.where(self.version < 0, -1, self.version + len(words))
        if told is not None:
            codes = np.where(told.codes < 0, codes, told.codes)
        return one_code_each(Coded(codes.astype(np.int32), [*words, *of_items]))

    @cached_property
    def starts(self) -> Starts:
        until = self.block.known_until if self.bench.watermark else None
        return clock_starts(self.bench.keeper, self.block, self.bench.as_of, absence_until=until)

    @cached_property
    def absence_until(self) -> Instants:
        """Per case, the instant up to which "has not happened" may be said."""
        if not self.bench.watermark:
            return np.full(len(self), self.bench.as_of, dtype=np.int64)
        return np.minimum(self.block.known_until, self.bench.as_of)

    def stopped_at(self, which: str) -> Instants:
        """When the statutory or the promised clock of each case stopped, NO_INSTANT where it runs."""
        if which not in self._stopped:
            self._stopped[which] = clock_stops(self.block, self.bench.as_of, order=STOP_ORDER[which])
        return self._stopped[which]

    def question(self, which: str, rule: Rule) -> Question:
        """The statutory or promised limit of every case under a rule's roll and extensions."""
        key = (which, rule.roll, rule.extensions)
        if key not in self._questions:
            self._questions[key] = self._ask(which, rule)
        return self._questions[key]

    def timing(self, which: str, rule: Rule, clock: ClockName) -> Timing:
        """That limit measured on one clock."""
        key = (which, rule.roll, rule.extensions, clock)
        if key not in self._timings:
            asked = self.question(which, rule)
            every = self._always_measured
            self._timings[key] = self.measured(clock, asked.limits, asked.pauses, asked.extensions, every)
        return self._timings[key]

    def measured(
        self,
        clock: ClockName,
        limits: LimitColumns,
        pauses: PauseColumns | None = None,
        extensions: ExtensionColumns | None = None,
        every: Flags | bool = False,
    ) -> Timing:
        """Limits of anything measured at the bench's as-of, where they are in question."""
        keeper, as_of = self.bench.keeper, self.bench.as_of
        wanted = True if self.telling else every
        return measure_unsettled(keeper, clock, limits, as_of, pauses, extensions, every=wanted)

    @cached_property
    def _always_measured(self) -> Flags:
        """Cases whose extensions or cards are to be weighed, in time or not."""
        wanted = np.zeros(len(self), dtype=np.bool_)
        for kind in ("extension", "card"):
            rows = self.children(kind)
            if rows is not None:
                wanted |= np.diff(rows.offsets) > 0
        return wanted

    def _ask(self, which: str, rule: Rule) -> Question:
        catalogue = self.bench.catalogue
        if which == "statutory":
            length, unit = catalogue.statutory(self.version, self.is_type("joint"))
        else:
            length, unit = catalogue.promised(self.version)
        roll = np.full(len(self), rule.roll, dtype=np.bool_)
        limits = LimitColumns(self.starts.started_at, self.stopped_at(which), length, unit, roll)
        pauses = pauses_for(self.block, catalogue, self.version, promised=which == "promised")
        return Question(limits, pauses, self._extensions(rule))

    def _extensions(self, rule: Rule) -> ExtensionColumns | None:
        if self.children("extension") is None:
            return None
        longest = self.longest_extension if rule.extensions else np.full(len(self), np.nan)
        return ExtensionColumns.of(self.block, longest)

    @cached_property
    def longest_extension(self) -> Numbers:
        """The longest extension the law allows each case: the item's own, else 10, joint 15 days."""
        law = self.bench.rulebook["M06"]
        own = self.bench.catalogue.numbers("extension_limit", self.version)
        lawful = np.where(self.is_type("joint"), law.param("longest_joint"), law.param("longest"))
        return np.where(np.isnan(own), lawful, own)
