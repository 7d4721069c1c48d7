"""A filing: one application as the department itself knows it, before any exchange format."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from hub.demo.catalogue import Item
from hub.demo.people import Applicant

#: How departments write the kinds of special procedures.
PAUSE_WORDS = {
    "hearing": "听证",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "appraisal": "鉴定",
    "expert_review": "专家评审",
    "publicity": "公示",
    "verification": "核实",
    "suspended": "挂起",
}

Wall = int  # local seconds, see hub.demo.days


@dataclass(slots=True)
class Step:
    """One step of handling; ``limit`` in working days, None where the department sets none."""

    no: int
    kind: str
    name: str
    handler: str
    started: Wall
    ended: Wall | None
    limit: int | None
    result: str | None = "agreed"


@dataclass(slots=True)
class Pause:
    """A special procedure; ``days`` is the length applied for, in working days."""

    seq: int
    kind: str
    started: Wall
    ended: Wall | None
    days: int | None
    basis: str | None
    approver: str | None
    reason: str | None
    recorded: Wall


@dataclass(slots=True)
class Supplement:
    seq: int
    issued: Wall
    materials: str
    received: Wall | None


@dataclass(slots=True)
class Extension:
    seq: int
    days: int
    approver: str | None
    reason: str | None
    approved: Wall


@dataclass(slots=True)
class Filing:
    """The application. ``result`` is the unified word; ``handler`` the official at the counter.

    ``recorded`` is when the department's system stored it, ``shown`` when that system first showed it or
    its new version; ``before`` what the department claimed until then, where it now claims otherwise.
    ``foretold``: its delivery was entered in advance, with a date still to come.
    ``nothing_paid``: the record says outright that no fee was taken; ``waived``: that none is due.
    ``lead`` and ``members`` are the other cases of a joint approval, ``twin`` the same application
    entered in the hall's system once more.
    """

    source: str
    case_no: str
    item: Item
    applicant: Applicant
    channel: str
    handler: str
    received: Wall
    accepted: Wall | None = None
    refused: Wall | None = None
    decided: Wall | None = None
    closed: Wall | None = None
    delivered: Wall | None = None
    due: Wall | None = None
    result: str | None = None
    certificate: str | None = None
    fee_paid: int = 0
    fee_paid_at: Wall | None = None
    nothing_paid: bool = False
    waived: bool = False
    version: int = 1
    recorded: Wall = 0
    shown: Wall = 0
    foretold: bool = False
    before: "Filing | None" = None
    lead: "Filing | None" = None
    members: list["Filing"] = field(default_factory=list)
    twin: "Filing | None" = None
    twin_of: "Filing | None" = None
    department: str = ""
    item_code: str = ""
    steps: list[Step] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    supplements: list[Supplement] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.department = self.department or self.item.department
        self.item_code = self.item_code or self.item.code
        self.recorded = self.recorded or self.received + 600

    @property
    def told_due(self) -> int | None:
        """The fee the record says is due, in fen; None where it says nothing."""
        if not self.item.fee or self.result != "granted":
            return None
        return 0 if self.waived else self.item.fee

    @property
    def told_paid(self) -> int | None:
        """The fee the record says was taken, in fen; None where it says nothing."""
        says_nothing = self.nothing_paid and self.result == "granted"
        return self.fee_paid or (0 if says_nothing else None)

    @property
    def updated(self) -> Wall:
        """When the department last touched it: its cursor value."""
        return max(self.shown, *self._times())

    def _times(self) -> Iterator[Wall]:
        yield self.received
        delivered = None if self.foretold else self.delivered
        for t in (self.accepted, self.refused, self.decided, self.closed, delivered):
            if t is not None:
                yield t
        for pause in self.pauses:
            yield pause.recorded
            yield pause.ended or 0
        for notice in self.supplements:
            yield notice.received or notice.issued
        for extension in self.extensions:
            yield extension.approved


def as_of(filing: Filing, at: Wall) -> Filing | None:
    """The filing as its department showed it at an instant; None while it showed nothing."""
    if filing.updated <= at:
        return filing
    if filing.shown > at:
        return as_of(filing.before, at) if filing.before else None
    if filing.received > at:
        return None
    is_closed = filing.closed is not None and filing.closed <= at
    is_refused = filing.refused is not None and filing.refused <= at
    return replace(
        filing,
        accepted=_until(filing.accepted, at),
        refused=_until(filing.refused, at),
        decided=_until(filing.decided, at),
        closed=_until(filing.closed, at),
        delivered=filing.delivered if filing.foretold and is_closed else _until(filing.delivered, at),
        due=filing.due if _until(filing.accepted, at) else None,
        result=filing.result if is_closed or is_refused else None,
        certificate=filing.certificate if is_closed else None,
        fee_paid=filing.fee_paid if _until(filing.fee_paid_at, at) else 0,
        fee_paid_at=_until(filing.fee_paid_at, at),
        steps=[_step(s, at) for s in filing.steps if s.started <= at],
        pauses=[replace(p, ended=_until(p.ended, at)) for p in filing.pauses if p.recorded <= at],
        supplements=[
            replace(n, received=_until(n.received, at)) for n in filing.supplements if n.issued <= at
        ],
        extensions=[e for e in filing.extensions if e.approved <= at],
    )


def _until(moment: Wall | None, at: Wall) -> Wall | None:
    return moment if moment is not None and moment <= at else None


def _step(step: Step, at: Wall) -> Step:
    ended = _until(step.ended, at)
    return replace(step, ended=ended, result=step.result if ended else None)
