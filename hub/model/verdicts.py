"""What judging returns: limits with their reason, findings, and the instant to judge again."""

from dataclasses import dataclass
from typing import Literal

from hub.model.instants import NO_INSTANT

Severity = Literal["warning", "yellow", "red"]
Clock = Literal["whole_day", "elapsed", "instant"]
SEVERITIES: tuple[Severity, ...] = ("warning", "yellow", "red")

#: Lifecycle of a card (DOMAIN §6). ``pending`` waits for a person's confirmation.
Status = Literal[
    "pending", "issued", "answered", "appealed", "upheld", "revoked", "escalated", "rectified", "closed"
]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a clock runs on: a case today; a source or an item for silence."""

    kind: Literal["case", "source", "item"]
    source: str
    key: str
    dossier_id: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one monitor by one subject, with everything the card must store.

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
