"""What judging returns: limits with their reason, findings, and the instant to judge again."""

from typing import Literal, get_args

import msgspec

from hub.model.instants import NO_INSTANT

Severity = Literal["warning", "yellow", "red"]
Clock = Literal["whole_day", "elapsed", "instant"]
SEVERITIES: tuple[Severity, ...] = ("warning", "yellow", "red")

#: The life of a card. ``pending`` waits for a person's confirmation.
Status = Literal[
    "pending", "issued", "answered", "appealed", "upheld", "revoked", "escalated", "rectified", "closed"
]
STATUSES: tuple[Status, ...] = get_args(Status)

#: What every finding says of itself, in the order in which documents and CSV name it.
FINDING_FIELDS = (
    "finding_id",
    "subject_kind",
    "source",
    "case_no",
    "department",
    "item_code",
    "monitor",
    "severity",
    "status",
    "clock",
    "limit",
    "limit_unit",
    "started_at",
    "due_at",
    "stopped_at",
    "elapsed",
    "provisional",
    "detected_at",
    "legal_basis",
    "rule_version",
    "calendar_version",
)


class Subject(msgspec.Struct, frozen=True, gc=False):
    """What a clock runs on: a case today; a source, or a department or item of it, for silence."""

    kind: Literal["case", "source", "department", "item"]
    source: str
    key: str
    dossier_id: int | None = None


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One breach of one monitor by one subject, with everything the card must store.

    No dataclass, because a first audit makes a hundred thousand, and nothing in one refers back to it.
    ``limit`` in ``limit_unit`` (M27: None and elapsed in seconds). ``reason`` is a stable code plus
    its parameters; texts are made from it when someone reads. ``pending`` when a person must
    confirm, or the deadline rests on provisional calendar days.
    """

    subject: Subject
    monitor: str
    severity: Severity
    clock: Clock
    limit: float | None
    limit_unit: str | None
    started_at: int
    due_at: int
    stopped_at: int
    elapsed: float | None
    provisional: bool
    pending: bool
    department: str | None
    item_code: str | None
    legal_basis: str
    rule_version: str
    calendar_version: str
    reason: str
    detail: dict[str, object]

    @property
    def open(self) -> bool:
        return self.stopped_at == NO_INSTANT
