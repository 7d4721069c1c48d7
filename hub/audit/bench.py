"""What the judge has before him beside the cases: law, catalogue, calendar, and the instant judged as now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from hub.audit.catalogue import Catalogue
from hub.audit.rulebook import Rulebook
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.clock.keeper import Timekeeper
from hub.model.instants import NO_INSTANT


@dataclass(frozen=True, slots=True)
class Bench:
    """``clock`` judges where a rule names none.

    ``watermark``: absence (not yet closed …) is judged only up to each case's ``known_until``; set it
    when nobody gave an as-of. ``now``: the real instant, beyond which a fact lies in the future;
    absent, ``as_of`` when the watermark holds, else nothing is called future. ``supplies``: per source
    the fields ("case.delivered_at") its mapping names; absence of any other is no fact. None: all.
    ``assumes``: those of them that its mapping fills itself where the source is silent.
    """

    catalogue: Catalogue
    rulebook: Rulebook
    keeper: Timekeeper
    clock: ClockName
    as_of: int
    watermark: bool
    now: int = NO_INSTANT
    supplies: Mapping[str, Collection[str]] | None = None
    assumes: Mapping[str, Collection[str]] = field(default_factory=dict)

    def clock_of(self, rule: Rule) -> ClockName:
        """The clock that judges by this rule."""
        return rule.clock or self.clock

    def settled(self) -> "Bench":
        """As-of as an instant: a date alone is judged at its end."""
        if not self.as_of & 1:
            return self
        days = self.keeper.local_days(np.array([self.as_of]))
        return replace(self, as_of=int(self.keeper.start_of_days(days + 1)[0]) - 2)

    def at(self, as_of: int) -> "Bench":
        """The same bench at another instant, without watermark."""
        return replace(self, as_of=as_of, watermark=False)
