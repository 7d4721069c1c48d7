"""One rule: what a monitor is told to do, and the version that its content gives it."""

from dataclasses import dataclass, field, fields
from functools import cached_property
from hashlib import blake2b
from typing import get_args

from hub.clock.axes import ClockName
from hub.model.instants import NO_INSTANT
from hub.model.verdicts import Severity

SEVERITY_CODES: dict[str, int] = {name: code for code, name in enumerate(get_args(Severity), start=1)}
SEVERITY_WORDS: tuple[str, ...] = ("none", *get_args(Severity))


@dataclass(frozen=True)
class Rule:
    """``clock`` None: the calendar's own. ``confirm``: a person must confirm before the card counts.

    ``effective_from``: cases closed before it are not judged; NO_INSTANT: no such bound.
    ``code``: for a plugin's monitor, the hash of the code that judges.
    """

    monitor: str
    severity: str
    legal_basis: str
    enabled: bool = True
    clock: ClockName | None = None
    confirm: bool = False
    roll: bool = True
    extensions: bool = True
    effective_from: int = NO_INSTANT
    params: dict[str, float] = field(default_factory=dict)
    code: str = ""

    @cached_property
    def version(self) -> str:
        """The monitor and a hash of everything the rule says; comments in the file do not count."""
        said = [getattr(self, each.name) for each in fields(self) if each.name not in ("params", "code")]
        said += [self.code] if self.code else []
        return f"{self.monitor}-{content_hash(repr((said, sorted(self.params.items()))))}"

    @property
    def severity_code(self) -> int:
        return SEVERITY_CODES[self.severity]

    def param(self, name: str) -> float:
        return self.params[name]


def content_hash(text: str) -> str:
    """Twelve hexadecimal digits that name a content."""
    return blake2b(text.encode(), digest_size=6).hexdigest()
