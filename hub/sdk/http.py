"""HTTP with the manners a department's server needs: hosts, deadlines, sizes, retries; the only httpx."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from hub.errors import ConfigError, RateLimited, SourceChanged, Unavailable
from hub.sdk.addresses import allowed, joined, shown
from hub.sdk.auth import Auth, auth_for
from hub.sdk.lean import httpx
from hub.sdk.reply import Reply, error_of
from hub.sdk.surroundings import Deadline, Surroundings
from hub.sdk.transport import LIMIT, Transport
from hub.sdk.trust import authorities, distrusted
from hub.sdk.unpacking import Unpacker

_REDIRECTS = 5
_MANNERS = {"Accept-Encoding": "gzip"}
_MAX_BACKOFF_S = 30.0
_PATIENCE = 20  # answers "429" in a row before the run gives up


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
        self._headers = {**_MANNERS, **(config.get("headers") or {})}
        self._auth: Auth = auth_for(config, self)
        self._plain = httpx.Client(transport=Transport(), trust_env=False, timeout=self._timeout)
        self._secure: httpx.Client | None = None
        self._authorities = ctx.base_dir / str(config["ca_file"]) if config.get("ca_file") else None

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
                raise error_of(reply)
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
            raise error_of(reply)

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
            home = not self._base or _origin(url) == _origin(self._base)
            return self._plain.build_request(
                method,
                url,
                params=dict(params) if params else None,
                headers={**(self._headers if home else _MANNERS), **(headers or {})},
                json=json,
                content=content,
                data=dict(data) if data else None,
            )
        except (httpx.InvalidURL, TypeError, ValueError) as error:
            raise ConfigError(f"cannot ask {shown(url)}: {error}") from error

    def _follow(self, request: httpx.Request, *, auth: bool) -> Reply:
        """The answer at the end of the redirects; credentials go to the first host only."""
        home = _origin(self._base or str(request.url))
        for _ in range(_REDIRECTS + 1):
            if auth and _origin(str(request.url)) == home:
                self._auth.sign(request)
            reply = self._once(request)
            if reply.status not in (301, 302, 303, 307, 308) or "location" not in reply.headers:
                return reply
            target = joined(str(request.url), reply.headers["location"])
            allowed(target, self._hosts)
            method = "GET" if reply.status == 303 else request.method
            kept = self._headers if _origin(target) == home else _MANNERS
            content = None if method == "GET" else request.content
            if content and not _same_place(str(request.url), target):
                raise SourceChanged(
                    f"{reply.url} redirects what was posted to {shown(target)}",
                    remedy="if that is right, configure the new address",
                )
            request = self._plain.build_request(method, target, headers=kept, content=content)
        raise SourceChanged(f"{reply.url} redirects more than {_REDIRECTS} times")

    def _once(self, request: httpx.Request) -> Reply:
        address = shown(str(request.url))
        limit = Deadline(min(self._timeout, max(self._deadline.remaining(), 0.001)))
        request.extensions = {**request.extensions, LIMIT: limit}
        try:
            response = self._client_for(request).send(request, stream=True)
            try:
                body = b"".join(self._body(response, limit, address))
            finally:
                response.close()
        except httpx.TransportError as error:
            told = distrusted(address, error)
            raise told or Unavailable(f"{address}: {type(error).__name__}: {error}") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise SourceChanged(f"{address}: {type(error).__name__}: {error}") from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, body, address, str(request.url))

    def _body(self, response: httpx.Response, limit: Deadline, address: str) -> Iterator[bytes]:
        """The pieces of the body, unpacked; never more than allowed, never longer than allowed."""
        size = 0
        unpack = Unpacker(response.headers.get("content-encoding", ""), address)
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

    def _client_for(self, request: httpx.Request) -> httpx.Client:
        """Two clients, because loading the authorities costs 20 ms that a plain http source need not pay."""
        if request.url.scheme != "https":
            return self._plain
        if self._secure is None:
            secure = Transport(authorities(self._authorities))
            self._secure = httpx.Client(transport=secure, trust_env=False, timeout=self._timeout)
        return self._secure

    def close(self) -> None:
        self._plain.close()
        if self._secure is not None:
            self._secure.close()


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _same_place(before: str, target: str) -> bool:
    """Whether a body, which may hold a secret, may follow: the same server, or the same host by https."""
    same_host = urlsplit(before).hostname == urlsplit(target).hostname
    return _origin(before) == _origin(target) or (same_host and _origin(target)[::2] == ("https", None))


def _backoff(tried: int) -> float:
    """Exponential, with jitter so that sources that failed together do not come back together."""
    return min(_MAX_BACKOFF_S, 0.25 * 2.0 ** min(tried, 10)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
