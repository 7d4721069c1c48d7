"""A filing: one application as the department itself knows it, before any exchange format."""

from dataclasses import dataclass, field

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
    """The application. ``result`` is the unified word; ``handler`` the official at the counter."""

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
    parent: str | None = None
    version: int = 1
    recorded: Wall = 0
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
    def updated(self) -> Wall:
        """When the department last touched it: its cursor value."""
        times = (self.received, self.accepted, self.refused, self.decided, self.closed, self.delivered)
        return max(t for t in times if t is not None)
