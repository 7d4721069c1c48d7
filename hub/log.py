"""Logging: structlog to stderr, with secrets and personal data removed before anything is written."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import cached_property
from typing import Any, TextIO

REDACTED = "…"

_SECRET_KEY = re.compile(
    r"secret|token|passw|authorization|cookie|credential|signature|api_?key|applicant|phone|mobile"
    r"|^id$|id_?(no|number|card)$|^raw$",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^/?#\s'\"]*@", re.IGNORECASE)
_QUERY = re.compile(r"(?P<url>\b[a-z][a-z0-9+.-]*://[^?#\s'\"]*)\?(?P<query>[^#\s'\"]*)", re.IGNORECASE)
_BEARER = re.compile(r"\b(?P<scheme>bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_PAIR = re.compile(
    r"\b(?P<name>\w*(?:passw(?:or)?d|secret|token|api_?key))=(?!\s)(?P<value>[^\s&,;'\"]+)", re.IGNORECASE
)
_CITIZEN_ID = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?![\dXx])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

#: Third parties that narrate every request or statement: heard only with -vv, redacted then too.
_CHATTY = ("httpx", "httpcore", "apscheduler", "sqlalchemy", "alembic")


def redact_text(text: str) -> str:
    """The text without passwords and query values of URLs, bearer tokens, identity and phone numbers."""
    text = _USERINFO.sub(rf"\g<scheme>{REDACTED}@", text)
    text = _QUERY.sub(_blank_query, text)
    text = _BEARER.sub(rf"\g<scheme> {REDACTED}", text)
    text = _PAIR.sub(rf"\g<name>={REDACTED}", text)
    text = _CITIZEN_ID.sub(REDACTED, text)
    text = _MOBILE.sub(REDACTED, text)
    return _CONTROL.sub("�", text)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: blank what a key or a pattern marks as secret or personal, at any depth."""
    for key in list(event):
        event[key] = _clean(key, event[key])
    return event


def get_logger(name: str) -> Any:
    """A logger of structlog's, whose events go where ``configure_logging`` sends them."""
    import structlog

    _configure_structlog()
    return structlog.get_logger(name)


def configure_logging(verbosity: int, *, stream: TextIO | None = None, json: bool | None = None) -> None:
    """Send structlog and the standard library's logging to ``stream`` (stderr), redacted.

    ``verbosity``: 0 warnings, 1 information, 2 and more debugging. JSON lines unless on a terminal.
    """
    out = stream or sys.stderr
    level = {0: logging.WARNING, 1: logging.INFO}.get(verbosity, logging.DEBUG)
    as_json = json if json is not None else not out.isatty()
    if "structlog" in sys.modules:
        _configure_structlog()
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Formatter(as_json=as_json, colors=not as_json and out.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.DEBUG if verbosity >= 2 else logging.WARNING)


class _Formatter(logging.Formatter):
    """structlog's, made at the first record: most verbs say nothing, and its import alone takes 0.2 s."""

    def __init__(self, *, as_json: bool, colors: bool) -> None:
        super().__init__()
        self._as_json, self._colors = as_json, colors

    def format(self, record: logging.LogRecord) -> str:
        return self._made.format(record)

    @cached_property
    def _made(self) -> logging.Formatter:
        return _formatter(as_json=self._as_json, colors=self._colors)


def _first_steps() -> list[Any]:
    import structlog

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _configure_structlog() -> None:
    import structlog

    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_first_steps(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _formatter(*, as_json: bool, colors: bool) -> logging.Formatter:
    import structlog

    renderer: Any
    if as_json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=colors, exception_formatter=structlog.dev.plain_traceback
        )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_first_steps(), structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
    )


def _clean(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if _SECRET_KEY.search(key):
        return REDACTED
    if isinstance(value, Mapping):
        return {str(k): _clean(str(k), v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", item) for item in value]
    if isinstance(value, int | float):
        return value
    return redact_text(value if isinstance(value, str) else str(value))


def _blank_query(match: re.Match[str]) -> str:
    pairs = (pair.partition("=")[0] for pair in match["query"].split("&"))
    return f"{match['url']}?" + "&".join(f"{name}={REDACTED}" for name in pairs)
