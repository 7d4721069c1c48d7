"""The tree of errors, sorted by what happens next: each class is one reaction.

HubError
├── ConfigError          a person must change a file; exit 2; carries every complaint at once
├── StoreError           the store cannot be reached or written; exit 3
├── Busy                 another run of the source is active; try later; exit 1
└── SourceError          this run of this source fails, others go on; exit 1
    ├── AuthError        pause the source, alarm: trying again would lock the account
    ├── Unavailable      back off with jitter, then fail the run (retry_after_s)
    │   └── RateLimited  the source said when to come back
    ├── SourceChanged    stop this stream, keep what came: the source's shape is not what was agreed
    ├── DeadlineExceeded the run took longer than its deadline and was killed
    └── PluginFault      anything else a plugin does: its bug, reported with its traceback
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Complaint:
    """One fault in a file people write: where, which key, what was found, what to do about it."""

    file: str
    line: int | None
    key: str
    found: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.found}; {self.remedy}"

    def as_document(self) -> dict[str, Any]:
        """The fault as JSON."""
        return asdict(self)


class HubError(Exception):
    """Base of everything the Hub raises on purpose. ``remedy`` says what to do."""

    kind = "hub"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class ConfigError(HubError):
    """Configuration, mapping, catalogue or usage is wrong; all complaints at once."""

    kind = "config"

    def __init__(self, message: str, complaints: Sequence[Complaint] = (), *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.complaints = tuple(complaints)


class StoreError(HubError):
    """The store cannot be reached, is of the wrong version, or cannot be written."""

    kind = "store"


class Busy(HubError):
    """Another run of this source is active (one active run per source)."""

    kind = "busy"


class SourceError(HubError):
    """The run of one source failed; the others go on."""

    kind = "source"


class AuthError(SourceError):
    """The source refused our credentials: pause it and raise an alarm."""

    kind = "auth"


class Unavailable(SourceError):
    """The source cannot be reached now; ``retry_after_s`` where it said when."""

    kind = "unavailable"

    def __init__(self, message: str, *, retry_after_s: float | None = None, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after_s = retry_after_s


class RateLimited(Unavailable):
    """The source asked us to slow down."""

    kind = "rate_limited"


class SourceChanged(SourceError):
    """The source no longer has the shape agreed: stop this stream, keep what came."""

    kind = "source_changed"


class DeadlineExceeded(SourceError):
    """The run passed its deadline; its process group was killed."""

    kind = "deadline"


class PluginFault(SourceError):
    """The plugin broke its contract or raised: its bug, with its traceback in ``detail``."""

    kind = "plugin"

    def __init__(self, message: str, *, detail: str = "", remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.detail = detail
