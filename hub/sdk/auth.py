"""How a request says who we are: one class for each way departments ask for it."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from hub.errors import AuthError, ConfigError, SourceChanged

if TYPE_CHECKING:
    import httpx


class Replied(Protocol):
    """An answer to a request for a token."""

    @property
    def url(self) -> str: ...

    def json(self) -> Any: ...


class Posts(Protocol):
    """The way a token is asked for."""

    def post(
        self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: bool
    ) -> Replied: ...


class Auth:
    """No credentials; and the shape of those that have some."""

    def sign(self, request: "httpx.Request") -> None:
        """Put the credentials on a request."""

    def refused(self) -> bool:
        """Told of a 401; True where a second try may do better."""
        return False


class _Header(Auth):
    def __init__(self, name: str, value: str) -> None:
        self._name, self._value = name, value

    def sign(self, request: "httpx.Request") -> None:
        request.headers[self._name] = self._value


class _OAuth2(Auth):
    """Client credentials: a token is fetched when needed, and once more when it is refused."""

    def __init__(self, config: Mapping[str, Any], http: Posts) -> None:
        self._config, self._http = config, http
        self._url = str(_need(config, "token_url"))
        self._id, self._secret = str(_need(config, "client_id")), str(_need(config, "client_secret"))
        self._token, self._until = "", 0.0

    def sign(self, request: "httpx.Request") -> None:
        if not self._token or time.monotonic() >= self._until:
            self._fetch()
        request.headers["Authorization"] = f"Bearer {self._token}"

    def refused(self) -> bool:
        self._token = ""
        return True

    def _fetch(self) -> None:
        form = {"grant_type": "client_credentials"}
        headers = {}
        if self._config.get("scope"):
            form["scope"] = str(self._config["scope"])
        if self._config.get("token_auth") == "basic":
            headers["Authorization"] = _basic(self._id, self._secret)
        else:
            form |= {"client_id": self._id, "client_secret": self._secret}
        try:
            reply = self._http.post(self._url, data=form, headers=headers, auth=False)
        except SourceChanged as error:  # RFC 6749: a refused client is told with 400
            raise AuthError(
                f"no token: {error.message}", remedy="check client_id and client_secret"
            ) from error
        answer = reply.json()
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise AuthError(f"{reply.url} answered without access_token")
        self._token = token
        try:
            lasts = float(answer.get("expires_in") or 3600)
        except (TypeError, ValueError):
            lasts = 3600.0
        self._until = time.monotonic() + max(lasts * 0.9, lasts - 30)


class _Signature(Auth):
    """HMAC over what the template names."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        self._key = str(_need(config, "hmac_key")).encode()
        self._algorithm = str(config.get("hmac_algorithm") or "sha256")
        if self._algorithm not in hashlib.algorithms_guaranteed:
            raise ConfigError(f"hmac_algorithm {self._algorithm!r} is unknown", remedy='write "sha256"')

    def sign(self, request: "httpx.Request") -> None:
        body_digest = hashlib.new(self._algorithm, request.content).hexdigest()
        timestamp = str(int(time.time()))
        text = str(self._config.get("hmac_template", "")).format(
            method=request.method,
            path=request.url.path,
            query=request.url.query.decode(),
            timestamp=timestamp,
            body_digest=body_digest,
            id=self._config.get("hmac_id", ""),
        )
        digest = hmac.new(self._key, text.encode(), self._algorithm).hexdigest()
        request.headers[str(self._config["hmac_header"])] = digest
        request.headers[str(self._config["hmac_timestamp_header"])] = timestamp
        if self._config.get("hmac_id"):
            request.headers[str(self._config["hmac_id_header"])] = str(self._config["hmac_id"])


def auth_for(config: Mapping[str, Any], http: Posts) -> Auth:
    """The way of a source's ``auth`` setting; user and password alone mean basic."""
    way = config.get("auth") or "none"
    if way == "none" and config.get("username"):
        way = "basic"
    match way:
        case "none":
            return Auth()
        case "basic":
            return _Header(
                "Authorization", _basic(str(_need(config, "username")), str(_need(config, "password")))
            )
        case "bearer":
            return _Header("Authorization", f"Bearer {_need(config, 'token')}")
        case "api_key":
            return _Header(str(config.get("api_key_header") or "X-API-Key"), str(_need(config, "api_key")))
        case "oauth2":
            return _OAuth2(config, http)
        case "hmac":
            return _Signature(config)
    raise ConfigError(f"auth {way!r} is unknown", remedy="none, basic, bearer, api_key, oauth2 or hmac")


def _need(config: Mapping[str, Any], key: str) -> Any:
    value = config.get(key)
    if not value:
        raise ConfigError(f"auth needs {key}, which is not set", remedy=f"set {key} in the source's config")
    return value


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
