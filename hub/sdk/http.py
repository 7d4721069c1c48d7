"""HTTP with the manners a department's server needs: hosts, deadlines, sizes, retries; the only httpx."""

import json
import random
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from hub.errors import AuthError, ConfigError, RateLimited, SourceChanged, SourceError, Unavailable
from hub.sdk.addresses import allowed, joined, shown
from hub.sdk.auth import Auth, auth_for
from hub.sdk.surroundings import Deadline, Surroundings

_REDIRECTS = 5
_MAX_BACKOFF_S = 30.0
_PATIENCE = 20  # answers "429" in a row before the run gives up


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


class Http:
    """One source's connection to the world; only to hosts its manifest or configuration names."""

    def __init__(self, ctx: Surroundings) -> None:
        config = ctx.config
        self._deadline: Deadline = ctx.deadline
        self._hosts = ctx.hosts
        self._log = ctx.log
        self._base = str(config.get("base_url") or config.get("url") or "")
        self._timeout = float(config.get("timeout_s") or 30)
        self._retries = int(config.get("retries", 4))
        self._max_body = int(float(config.get("max_body_mb") or 64) * (1 << 20))
        self._headers = {"Accept-Encoding": "gzip", **(config.get("headers") or {})}
        self._auth: Auth = auth_for(config, self)
        self._client = _client(config.get("ca_file"), ctx)

    def get(self, url: str, params: Mapping[str, Any] | None = None, **more: Any) -> Reply:
        """GET; see ``request``."""
        return self.request("GET", url, params=params, **more)

    def post(self, url: str, params: Mapping[str, Any] | None = None, **more: Any) -> Reply:
        """POST; see ``request``."""
        return self.request("POST", url, params=params, **more)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        data: Mapping[str, str] | None = None,
        auth: bool = True,
        judge: Callable[["Reply"], None] | None = None,
    ) -> Reply:
        """One answered request, tried again where that may help; every other end is an SDK error.

        ``url`` may be relative to the source's address. ``judge`` is shown an answer first, errors
        with a body included, and may raise: Unavailable means that it is tried again.
        """
        target = self._join(url)
        request = self._build(method, target, params, headers, json, content, data)
        tried = waited = 0
        refreshed = False
        while True:
            try:
                reply = self._follow(request, auth=auth)
                if judge is not None and reply.body:
                    judge(reply)
                if reply.status < 400:
                    return reply
                if reply.status == 401 and auth and not refreshed and self._auth.refused():
                    refreshed = True
                    continue
                raise _error(reply)
            except RateLimited as error:
                waited += 1
                self._pause(error, error.retry_after_s or _backoff(waited), last=waited > _PATIENCE)
            except Unavailable as error:
                tried += 1
                self._pause(error, error.retry_after_s or _backoff(tried), last=tried > self._retries)

    def reach(self, url: str) -> None:
        """Raise where the server cannot be reached or refuses our credentials; any other answer will do."""
        request = self._build("GET", self._join(url), None, None, None, None, None)
        reply = self._follow(request, auth=True)
        if reply.status in (401, 403, 407):
            raise _error(reply)

    def _pause(self, error: Unavailable, seconds: float, *, last: bool) -> None:
        if last or seconds >= self._deadline.remaining():
            raise error
        self._log.info("%s; trying again in %.1f s", error.message, seconds)
        self._deadline.sleep(seconds)

    def _join(self, url: str) -> str:
        if "://" in url:
            target = url
        elif self._base:
            target = joined(self._base.rstrip("/") + "/", url.lstrip("/")) if url else self._base
        else:
            raise ConfigError(f"the address {shown(url)} is relative, and the source has no base_url")
        allowed(target, self._hosts)
        return target

    def _build(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        json: Any,
        content: bytes | None,
        data: Mapping[str, str] | None,
    ) -> httpx.Request:
        try:
            return self._client.build_request(
                method,
                url,
                params=dict(params) if params else None,
                headers={**self._headers, **(headers or {})},
                json=json,
                content=content,
                data=dict(data) if data else None,
            )
        except (httpx.InvalidURL, TypeError, ValueError) as error:
            raise ConfigError(f"cannot ask {shown(url)}: {error}") from error

    def _follow(self, request: httpx.Request, *, auth: bool) -> Reply:
        """The answer at the end of the redirects; credentials go to the first host only."""
        home = _origin(str(request.url))
        for _ in range(_REDIRECTS + 1):
            if auth and _origin(str(request.url)) == home:
                self._auth.sign(request)
            reply = self._once(request)
            if reply.status not in (301, 302, 303, 307, 308) or "location" not in reply.headers:
                return reply
            target = joined(str(request.url), reply.headers["location"])
            allowed(target, self._hosts)
            method = "GET" if reply.status == 303 else request.method
            kept = self._headers if _origin(target) == home else {"Accept-Encoding": "gzip"}
            content = None if method == "GET" else request.content
            request = self._client.build_request(method, target, headers=kept, content=content)
        raise SourceChanged(f"{reply.url} redirects more than {_REDIRECTS} times")

    def _once(self, request: httpx.Request) -> Reply:
        address = shown(str(request.url))
        limit = Deadline(min(self._timeout, max(self._deadline.remaining(), 0.001)))
        try:
            response = self._client.send(request, stream=True)
            try:
                body = b"".join(self._body(response, limit, address))
            finally:
                response.close()
        except httpx.TransportError as error:
            raise Unavailable(f"{address}: {type(error).__name__}: {error}") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise SourceChanged(f"{address}: {type(error).__name__}: {error}") from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, body, address, str(request.url))

    def _body(self, response: httpx.Response, limit: Deadline, address: str) -> Iterator[bytes]:
        """The pieces of the body, unpacked; never more than allowed, never longer than allowed."""
        size = 0
        unpack = _Unpacker(response.headers.get("content-encoding", ""), address)
        for raw in response.iter_raw():
            if limit.remaining() <= 0:
                raise Unavailable(f"{address} was still sending after {self._timeout:g} s")
            for piece in unpack(raw):
                size += len(piece)
                if size > self._max_body:
                    raise SourceChanged(
                        f"{address} sent more than {self._max_body >> 20} MB",
                        remedy="ask for smaller pages, or raise max_body_mb",
                    )
                yield piece
        unpack.end()

    def close(self) -> None:
        self._client.close()


class _Unpacker:
    """gzip and deflate in bounded pieces, so that a bomb is seen before it bursts."""

    def __init__(self, encoding: str, address: str) -> None:
        self._address = address
        self._encoding = encoding.strip().lower()
        if self._encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise SourceChanged(f"{address} sent content-encoding {encoding!r}, which was not asked for")
        self._plain = self._encoding in ("", "identity")
        self._inflate = None if self._plain else zlib.decompressobj(47)
        self._begun = False

    def __call__(self, raw: bytes) -> Iterator[bytes]:
        if self._inflate is None:
            yield raw
            return
        self._begun = self._begun or bool(raw)
        while raw:
            if self._inflate.eof:
                self._inflate = zlib.decompressobj(47)
            try:
                piece = self._inflate.decompress(raw, 1 << 20)
            except zlib.error as error:
                raise Unavailable(
                    f"{self._address} sent a body that is no {self._encoding}: {error}"
                ) from error
            if piece:
                yield piece
            raw = self._inflate.unconsumed_tail or (self._inflate.unused_data if self._inflate.eof else b"")

    def end(self) -> None:
        if self._inflate is not None and self._begun and not self._inflate.eof:
            raise Unavailable(f"{self._address} sent a {self._encoding} body that is cut short")


def _client(ca_file: str | None, ctx: Surroundings) -> httpx.Client:
    import ssl

    verify: ssl.SSLContext | bool = True
    if str(ctx.config.get("base_url") or ctx.config.get("url") or "").startswith("http://") and not ca_file:
        verify = False  # nothing to verify; loading the authorities costs 20 ms a pull
        verify = any(str(v).startswith("https://") for v in ctx.config.values())
    if ca_file:
        try:
            verify = ssl.create_default_context(cafile=str(ctx.base_dir / ca_file))
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"ca_file {ca_file} cannot be used: {error}") from error
    timeout = float(ctx.config.get("timeout_s") or 30)
    return httpx.Client(
        verify=verify, trust_env=False, timeout=httpx.Timeout(timeout), follow_redirects=False
    )


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _backoff(tried: int) -> float:
    """Exponential, with jitter so that sources that failed together do not come back together."""
    return min(_MAX_BACKOFF_S, 0.25 * 2.0 ** min(tried, 10)) * random.uniform(0.5, 1.0)  # noqa: S311


def _error(reply: Reply) -> SourceError:
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
