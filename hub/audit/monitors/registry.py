"""The order in which a case is judged: every monitor that looks at one case at a time."""

from collections.abc import Callable, Mapping

from hub.audit.docket import Docket
from hub.audit.monitors.acceptance import answered, told_once
from hub.audit.monitors.after import closed_same_day, delivered
from hub.audit.monitors.cards import cards_answered, re_reported
from hub.audit.monitors.deadlines import near_limit, over_limit
from hub.audit.monitors.extensions import extensions_hold
from hub.audit.monitors.fees import fees_hold
from hub.audit.monitors.given import past_given_deadline
from hub.audit.monitors.joint import joint_approval
from hub.audit.monitors.lateness import data_in_time
from hub.audit.monitors.order import in_order
from hub.audit.monitors.pauses import pauses_in_time
from hub.audit.monitors.quality import data_quality
from hub.audit.monitors.steps import steps_in_time
from hub.audit.monitors.suspicion import suspect_pauses
from hub.audit.outcome import Outcome
from hub.audit.rules import Rule
from hub.clock.axes import ClockName

Monitor = Callable[[Docket, Rule, ClockName], Outcome]

MONITORS: Mapping[str, Monitor] = {
    "M01": answered,
    "M02": told_once,
    "M03": near_limit,
    "M04": over_limit,
    "M05": over_limit,
    "M06": extensions_hold,
    "M07": steps_in_time,
    "M08": pauses_in_time,
    "M09": delivered,
    "M12": closed_same_day,
    "M13": joint_approval,
    "M14": cards_answered,
    "M15": suspect_pauses,
    "M16": in_order,
    "M17": data_in_time,
    "M18": re_reported,
    "M21": data_quality,
    "M23": fees_hold,
    "M27": past_given_deadline,
}

#: Monitors with a limit: those an explanation tells, in-time cases included.
CLOCKED: tuple[str, ...] = ("M03", "M04", "M05", "M27", "M01", "M07", "M08", "M09", "M12")
