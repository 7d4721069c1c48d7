"""An HTTP answer: its text, and what an unwelcome status means."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from hub.errors import AuthError, RateLimited, SourceChanged, SourceError, Unavailable


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read to its end. ``url`` is fit to be shown."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    location: str

    @property
    def charset(self) -> str | None:
        """What the Content-Type header says, if it does."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.strip().partition("=")
            if name.lower() == "charset" and value:
                return value.strip("\"' ")
        return None

    @property
    def text(self) -> str:
        return self.body.decode(self.charset or "utf-8", "replace")

    def json(self) -> Any:
        """The body decoded; SourceChanged where it is not JSON."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError) as error:
            raise SourceChanged(f"{self.url} answered with no JSON: {error}") from error


def error_of(reply: Reply) -> SourceError:
    """The error of a status of 400 or more, sorted by what happens next."""
    message = f"{reply.url} answered {reply.status}"
    if reply.status in (401, 403, 407):
        return AuthError(f"{message}: credentials refused", remedy="check the source's credentials")
    wait = retry_after(reply.headers.get("retry-after"))
    if reply.status == 429:
        return RateLimited(message, retry_after_s=wait)
    if reply.status >= 500 or reply.status in (408, 425):
        return Unavailable(message, retry_after_s=wait)
    return SourceChanged(message, remedy="the address or its parameters are no longer what was agreed")


def retry_after(header: str | None) -> float | None:
    """Seconds, or a date, as seconds from now."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
