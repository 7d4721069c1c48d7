"""M09 and M12: what must follow acceptance and grant: the same day, and delivery."""

import numpy as np

from hub.audit.docket import Docket
from hub.audit.outcome import Outcome
from hub.audit.rules import Rule
from hub.audit.spans import Span, limits_of, verdicts
from hub.clock.axes import ClockName
from hub.model.instants import NO_INSTANT
from hub.model.kinds import UNITS


def delivered(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """M09: granted, not delivered in time after the decision."""
    decided, closed = docket.instant("decided_at"), docket.instant("closed_at")
    granted_at = np.where(decided == NO_INSTANT, closed, decided)
    granted = docket.has_result("granted") & (granted_at != NO_INSTANT)
    cases = np.flatnonzero(granted & docket.supplied("case.delivered_at"))
    limits = limits_of(granted_at[cases], docket.instant("delivered_at")[cases], rule.param("threshold"))
    span = Span(cases, limits, "not_delivered", "delivered_late")
    return verdicts(docket, span, span.measured(docket, clock), clock, rule.severity_code)


def closed_same_day(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """M12: an immediate case not closed on the day its clock started."""
    del clock  # a day is a day
    started = docket.starts.started_at
    cases = np.flatnonzero(docket.is_type("immediate") & (started != NO_INSTANT))
    stopped = docket.stopped_at("promised")[cases]
    limits = limits_of(started[cases], stopped, 0.0, UNITS.index("calendar_day"), roll=False)
    span = Span(cases, limits, "immediate_not_same_day", "immediate_not_same_day")
    return verdicts(docket, span, span.measured(docket, "whole_day"), "whole_day", rule.severity_code)
