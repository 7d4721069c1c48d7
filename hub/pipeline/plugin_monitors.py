"""Monitors that plugins bring: each called like the Hub's own, each judging in its plugin's process."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hub.audit.docket import Docket
from hub.audit.monitors.registry import Monitor
from hub.audit.outcome import Details, Outcome
from hub.audit.reasons import code_of
from hub.audit.rules import Rule
from hub.clock.axes import ClockName
from hub.errors import PluginFault
from hub.model.instants import NEVER, NO_INSTANT
from hub.model.opinions import VerdictColumns
from hub.roles import Plugin
from hub.runner.judging import Judges

#: For the answer to one block; what takes longer hangs.
DEADLINE_S = 120.0


@contextmanager
def plugin_monitors(
    plugins: Iterable[Plugin], *, timezone: str, deadline_s: float = DEADLINE_S
) -> Iterator[dict[str, Monitor]]:
    """The monitors of these plugins, by id; their processes end with the block.

    Those of a plugin that failed to load raise, so that an audit tells what it could not judge;
    those of a blocked one are not there.
    """
    judges: list[Judges] = []
    monitors: dict[str, Monitor] = {}
    for plugin in plugins:
        if plugin.state == "failed":
            monitors |= dict.fromkeys(plugin.monitors, _failing(plugin))
        elif plugin.state == "loaded" and plugin.monitors:
            judges.append(Judges(plugin, timezone=timezone, deadline_s=deadline_s))
            monitors |= dict.fromkeys(plugin.monitors, _Asking(judges[-1]))
    try:
        yield monitors
    finally:
        for each in judges:
            each.close()


def _failing(plugin: Plugin) -> Monitor:
    def fail(*_: object) -> Outcome:
        raise PluginFault(f"plugin {plugin.name} is {plugin.state}: {plugin.why}")

    return fail


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks a plugin's process what the rule's monitor says of the cases as they stood."""

    judges: Judges

    def __call__(self, docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
        del clock  # it reckons by itself
        opinion = self.judges.ask(rule.monitor, docket.block, docket.bench.as_of)
        return outcome_of(opinion, rule, docket.bench.as_of, self.judges.plugin.name)


def outcome_of(opinion: VerdictColumns, rule: Rule, as_of: int, plugin: str) -> Outcome:
    """A plugin's verdicts as an outcome: never graver than the rule; undecided ones are asked again."""
    n = len(opinion)
    grave = np.minimum(opinion.severity, rule.severity_code)
    severity = np.where(opinion.severity < 0, rule.severity_code, grave)
    later = np.where(opinion.judge_at == NO_INSTANT, NEVER, opinion.judge_at)
    return Outcome(
        clock="instant",
        cases=opinion.cases,
        severity=np.where(opinion.undecided, 0, severity).astype(np.int8),
        reason=np.zeros(n, dtype=np.int16),
        undecided=np.where(opinion.undecided, code_of("monitor_undecided"), 0).astype(np.int16),
        started_at=opinion.started_at,
        due_at=opinion.due_at,
        stopped_at=opinion.stopped_at,
        judge_at=np.where(opinion.undecided, np.minimum(later, as_of), later),
        limit=np.full(n, np.nan),
        unit=np.full(n, -1, dtype=np.int8),
        elapsed=np.full(n, np.nan),
        provisional=np.zeros(n, dtype=np.bool_),
        details=_details(opinion, plugin),
        said=opinion.reasons,
    )


def _details(opinion: VerdictColumns, plugin: str) -> Details:
    def tell(rows: NDArray[np.int64]) -> list[dict[str, object]]:
        return [{"plugin": plugin, "reason": opinion.reasons.word(row)} for row in rows.tolist()]

    return tell
