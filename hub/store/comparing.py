"""What an audit's findings mean for the cards that stand: new, restated, unsupported, unchanged. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from hub.model.verdicts import SEVERITIES, Finding, Status

#: What a card is about: a dossier, or (kind, source, key) where the subject is no case.
Ref = int | tuple[str, str, str]
K = TypeVar("K")
#: States in which the facts no longer matter: a person has ended the card.
ENDED: frozenset[Status] = frozenset(("revoked", "closed"))
#: Monitors that speak of the present (near the promise, silence): a card of theirs whose ground is gone
#: was right in its time, so it lapses and is not called unsupported.
FADING = frozenset(("M03", "M20"))


class Card(NamedTuple):
    """A card as it stands, with what it says of the clock."""

    finding_id: int
    ref: Ref
    monitor: str
    severity: str
    status: str
    supported: bool
    statement: tuple[object, ...]


def ref_of(finding: Finding) -> Ref:
    subject = finding.subject
    if subject.dossier_id is not None:
        return subject.dossier_id
    return subject.kind, subject.source, subject.key


def statement_of(finding: Finding) -> tuple[object, ...]:
    """What a card says that facts, rules or calendar can change; elapsed alone is not a change."""
    return (
        finding.limit,
        finding.limit_unit,
        finding.started_at,
        finding.due_at,
        finding.stopped_at,
        finding.provisional,
        finding.department,
        finding.item_code,
        finding.reason,
    )


@dataclass(slots=True)
class Ruling:
    """What is to be written. ``released``: pending only for a provisional calendar that is now known."""

    new: list[Finding] = field(default_factory=list)
    restated: list[tuple[Card, Finding]] = field(default_factory=list)
    released: list[tuple[Card, Finding]] = field(default_factory=list)
    supported: list[tuple[Card, Finding]] = field(default_factory=list)
    unsupported: list[Card] = field(default_factory=list)
    lapsed: list[Card] = field(default_factory=list)
    unchanged: int = 0


def compare(
    standing: Iterable[Card],
    findings: Sequence[Finding],
    *,
    undecided: Collection[Ref] = (),
    monitors: Collection[str] | None = None,
    fading: Collection[str] = FADING,
    graver: Mapping[tuple[Ref, str], int] | None = None,
) -> Ruling:
    """Set findings against the cards that stand for the same subjects.

    Cards of undecided subjects, and of monitors that did not judge (``monitors``: those that did;
    None: all), are left as they are when no finding speaks of them. ``graver``: the rank of findings
    that are settled already and not among these, by subject and monitor.
    """
    ruling = Ruling()
    cards = {(card.ref, card.monitor, card.severity): card for card in standing}
    if not cards:
        ruling.new.extend(findings)
        return ruling
    found = dict(graver or {})
    for finding in findings:
        ref = ref_of(finding)
        _rank_up(found, (ref, finding.monitor), finding.severity)
        card = cards.pop((ref, finding.monitor, finding.severity), None)
        if card is None:
            ruling.new.append(finding)
        else:
            _meet(ruling, card, finding)
    for card in cards.values():
        if not card.supported:
            continue
        # A yellow card stays right when the case has since become red.
        exceeded = found.get((card.ref, card.monitor), -1) > _rank(card.severity)
        judged = card.ref not in undecided and (monitors is None or card.monitor in monitors)
        if exceeded or not judged or card.status in ENDED:
            ruling.unchanged += 1
        else:
            (ruling.lapsed if card.monitor in fading else ruling.unsupported).append(card)
    return ruling


def _meet(ruling: Ruling, card: Card, finding: Finding) -> None:
    if card.status in ENDED:
        ruling.unchanged += 1
    elif not card.supported:
        ruling.supported.append((card, finding))
    elif card.status == "pending" and not finding.pending:
        ruling.released.append((card, finding))
    elif card.statement != statement_of(finding):
        ruling.restated.append((card, finding))
    else:
        ruling.unchanged += 1


def _rank(severity: str) -> int:
    return _RANKS[severity]


_RANKS: dict[str, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}


def _rank_up(found: dict[K, int], key: K, severity: str) -> None:
    found[key] = max(found.get(key, -1), _RANKS[severity])


COUNTED = ("judged", "issued", "pending", "unchanged", "unsupported", "lapsed", "undecided", "overtaken")


@dataclass(slots=True)
class Tally:
    """Counts of an audit. ``overtaken``: cases whose facts changed while they were judged; left due.

    ``gained``: by how many the cards that the facts support became more. ``unscheduled``: rows deleted
    from ``due``. ``lost``: the cards that the facts no longer support.
    ``by_severity`` counts each subject once, under its highest severity.
    """

    judged: int = 0
    issued: int = 0
    pending: int = 0
    unchanged: int = 0
    unsupported: int = 0
    lapsed: int = 0
    undecided: int = 0
    overtaken: int = 0
    gained: int = 0
    unscheduled: int = 0
    lost: list[int] = field(default_factory=list)
    by_monitor: dict[str, int] = field(default_factory=dict)
    by_severity: dict[str, int] = field(default_factory=dict)

    def count(self, ruling: Ruling) -> None:
        pending = sum(finding.pending for finding in ruling.new)
        self.pending += pending
        self.issued += len(ruling.new) - pending + len(ruling.released)
        self.unchanged += ruling.unchanged + len(ruling.restated) + len(ruling.supported)
        self.unsupported += len(ruling.unsupported)
        self.lapsed += len(ruling.lapsed)
        self.lost += [card.finding_id for card in ruling.unsupported]
        self.gained += len(ruling.new) + len(ruling.supported) - len(ruling.unsupported) - len(ruling.lapsed)

    def count_findings(self, findings: Sequence[Finding]) -> None:
        highest: dict[Ref, int] = {}
        for finding in findings:
            self.count_monitor(finding.monitor, 1)
            _rank_up(highest, ref_of(finding), finding.severity)
        self.count_ranks(Counter(highest.values()))

    def count_monitor(self, monitor: str, count: int) -> None:
        if count:
            self.by_monitor[monitor] = self.by_monitor.get(monitor, 0) + count

    def count_ranks(self, counts: Mapping[int, int]) -> None:
        """So many subjects of each rank of severity."""
        for rank, count in sorted(counts.items()):
            severity = SEVERITIES[rank]
            self.by_severity[severity] = self.by_severity.get(severity, 0) + count

    def add(self, other: "Tally") -> None:
        for name in (*COUNTED, "gained", "unscheduled"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.lost += other.lost
        for mine, theirs in ((self.by_monitor, other.by_monitor), (self.by_severity, other.by_severity)):
            for key, count in theirs.items():
                mine[key] = mine.get(key, 0) + count
