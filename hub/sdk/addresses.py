"""Where a plugin may go, and how an address is shown."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from hub.errors import SourceChanged

_SECRET_WORDS = ("token", "secret", "sign", "pass", "pwd", "key", "auth", "code", "credential", "session")


def allowed(url: str, hosts: Sequence[str]) -> None:
    """SourceChanged where the address leads to a host nobody named."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError as error:
        raise SourceChanged(f"an address that is none: {url[:100]!r}") from error
    if parts.scheme not in ("http", "https") or not any(fnmatchcase(host, h.lower()) for h in hosts):
        raise SourceChanged(
            f"the source leads to {shown(url)}, which is not among its hosts",
            remedy="if that is right, name the host in `hosts` of the source's config",
        )


def joined(base: str, target: str) -> str:
    """Where a reference found at ``base`` leads."""
    try:
        return urljoin(base, target)
    except ValueError as error:
        raise SourceChanged(f"{shown(base)} leads to an address that is none: {target[:100]!r}") from error


def shown(url: str) -> str:
    """The address without user, password, or query values that look like credentials."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url.split("?")[0][:200]
    query = urlencode(
        [(key, "…" if _secret(key) else value) for key, value in parse_qsl(parts.query)], safe="…:/+"
    )
    return urlunsplit((parts.scheme, host + port, parts.path, query, ""))[:500]


def _secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET_WORDS)
