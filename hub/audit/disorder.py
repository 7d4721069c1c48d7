"""Which events of a case stand against its order (M16): named one by one for who contests the card."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from hub.audit.docket import Docket
from hub.model.blocks import Children
from hub.model.instants import NO_INSTANT
from hub.model.kinds import STARTS

Event = dict[str, object]
Moment = tuple[str, int]


class Disorder:
    """Names the events of some cases of a docket; ``order``: the fields of a case as they should follow."""

    def __init__(self, docket: Docket, order: tuple[str, ...], roles: tuple[str, ...]) -> None:
        self._docket = docket
        self._order = order
        self._roles = roles

    def turned(self, case: int) -> list[Event]:
        """Each event that lies before one that should have come first."""
        given = [(name, int(self._docket.instant(name)[case])) for name in self._order]
        moments = [moment for moment in given if moment[1] != NO_INSTANT]
        pairs = list(pairwise(moments))
        pairs += self._of_steps(dict(moments), case)
        return [
            {"event": late[0], "event_at": late[1], "before": first[0], "before_at": first[1]}
            for first, late in pairs
            if self._is_after(first[1], late[1])
        ]

    def ahead(self, case: int, now: int) -> list[Event]:
        """Each event that lies beyond the real now."""
        raw = self._docket.raw
        names = [name for name in (*self._order, "refused_at") if name in raw.instants]
        found: list[Moment] = [(name, int(raw.instants[name][case])) for name in names]
        for kind in STARTS:
            rows = raw.children.get(kind)
            if rows is not None:
                found += _of_children(kind, rows, case)
        return [{"event": name, "event_at": at} for name, at in found if at > now]

    def _of_steps(self, moments: dict[str, int], case: int) -> Iterator[tuple[Moment, Moment]]:
        steps = self._docket.children("step")
        if steps is None:
            return
        end = next(((name, moments[name]) for name in ("decided_at", "closed_at") if name in moments), None)
        accepted = ("accepted_at", moments.get("accepted_at", NO_INSTANT))
        for row in range(*steps.offsets[case : case + 2].tolist()):
            if steps.words["kind"].word(row) not in self._roles:
                continue
            start, stop = ((f"step.{n}", int(steps.instants[n][row])) for n in ("started_at", "ended_at"))
            yield from ((accepted, moment) for moment in (start, stop))
            yield from ((moment, end) for moment in (start, stop) if end is not None)
            yield start, stop

    def _is_after(self, first: int, second: int) -> bool:
        """As the columns compare them: by date where either is only a date."""
        if NO_INSTANT in (first, second) or first <= second:
            return False
        days = self._docket.bench.keeper.local_days(np.array([first, second]))
        return not (first | second) & 1 or bool(days[0] != days[1])


def _of_children(kind: str, rows: Children, case: int) -> Iterator[Moment]:
    for name, column in rows.instants.items():
        if name not in ("first_seen_at", "recorded_at"):
            yield from (
                (f"{kind}.{name}", at) for at in column[slice(*rows.offsets[case : case + 2])].tolist()
            )
