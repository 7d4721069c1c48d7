"""What the card of a limit keeps beside its columns: the other clock, the start, the pauses weighed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hub.audit.docket import Docket, Question
from hub.clock.axes import ClockName
from hub.clock.columns import Timing, rows_of
from hub.clock.measure import measure
from hub.clock.reasons import ExtensionReason, PauseReason, code
from hub.clock.starts import StartReason
from hub.model.instants import NO_INSTANT

Rows = NDArray[np.int64]
OTHER: dict[ClockName, ClockName] = {"whole_day": "elapsed", "elapsed": "whole_day"}
_STARTS = [reason.name.lower() for reason in StartReason]
_PAUSES = [code(reason) for reason in PauseReason]
_EXTENSIONS = [code(reason) for reason in ExtensionReason]


@dataclass(frozen=True, slots=True)
class Particulars:
    """Called with the rows that got a finding; the other clock is measured for those only."""

    docket: Docket
    asked: Question
    timing: Timing
    clock: ClockName

    def __call__(self, rows: Rows) -> list[dict[str, object]]:
        details = self._both(rows)
        for name, kept in (("pauses", self._pauses(rows)), ("extensions", self._extensions(rows))):
            for i, lines in kept.items():
                details[i][name] = lines
        return details

    def _both(self, rows: Rows) -> list[dict[str, object]]:
        clock, other = OTHER[self.clock], self._other(rows)
        versions = [*(v.effective_from.isoformat() for v in self.docket.bench.catalogue.versions), None]
        starts = self.docket.starts.reason[rows].tolist()
        of_rows = self.docket.version[rows].tolist()
        columns = (other.due_at.tolist(), other.late.tolist(), other.elapsed.tolist(), starts, of_rows)
        return [
            {
                "other_clock": {"clock": clock, "due_at": due_at, "late": late, "elapsed": elapsed},
                "start": _STARTS[start],
                "item_version": versions[version],
            }
            for due_at, late, elapsed, start, version in zip(*columns, strict=True)
        ]

    def _other(self, rows: Rows) -> Timing:
        asked, bench = self.asked, self.docket.bench
        pauses = None if asked.pauses is None else asked.pauses.take(rows)[0]
        extensions = None if asked.extensions is None else asked.extensions.take(rows)[0]
        limits = asked.limits.take(rows)
        return measure(bench.keeper, OTHER[self.clock], limits, bench.as_of, pauses, extensions)

    def _pauses(self, rows: Rows) -> dict[int, list[dict[str, object]]]:
        """By place in ``rows``: each pause with what counted of it and why."""
        pauses = self.asked.pauses
        if pauses is None:
            return {}
        offsets, own = rows_of(pauses.offsets, rows)
        columns = (pauses.started_at, pauses.ended_at, self.timing.pause_counted, self.timing.pause_reason)
        lines: list[dict[str, object]] = [
            {
                "from": start,
                "to": end if end != NO_INSTANT else None,
                "counted": counted,
                "reason": _PAUSES[why],
            }
            for start, end, counted, why in zip(*(column[own].tolist() for column in columns), strict=True)
        ]
        having = np.flatnonzero(np.diff(offsets))
        bounds = zip(offsets[having].tolist(), offsets[having + 1].tolist(), strict=True)
        return {i: lines[a:b] for i, (a, b) in zip(having.tolist(), bounds, strict=True)}

    def _extensions(self, rows: Rows) -> dict[int, list[dict[str, object]]]:
        extensions, reasons = self.asked.extensions, self.timing.extension_reason
        if extensions is None:
            return {}
        return {
            i: [
                {
                    "length": float(extensions.length[k]),
                    "reason": _EXTENSIONS[reasons[k]],
                }
                for k in range(first, last)
            ]
            for i, first, last in _owned(extensions.offsets, rows)
        }


def _owned(offsets: Rows, rows: Rows) -> list[tuple[int, int, int]]:
    """Place, first and last child row of those rows that have any."""
    first, last = offsets[rows], offsets[rows + 1]
    having = np.flatnonzero(last > first)
    return list(zip(having.tolist(), first[having].tolist(), last[having].tolist(), strict=True))
