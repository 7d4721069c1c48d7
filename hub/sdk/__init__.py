"""The only import of a plugin."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hub.errors import (
    AuthError,
    ConfigError,
    DeadlineExceeded,
    PluginFault,
    RateLimited,
    SourceChanged,
    SourceError,
    Unavailable,
)
from hub.model import instants
from hub.model.records import Window
from hub.sdk.context import Context
from hub.sdk.files import FilesSource
from hub.sdk.pages import Acknowledged, Page, Stream, malformed
from hub.sdk.rest import RestSource
from hub.sdk.soap import SoapSource
from hub.sdk.source import Source
from hub.sdk.surroundings import Clock, Deadline
from hub.sdk.table import TableSource

if TYPE_CHECKING:
    from hub.model.blocks import CaseBlock, Children, Coded
    from hub.model.opinions import Verdict, VerdictColumns
    from hub.sdk.hooks import hookimpl
    from hub.sdk.judging import Monitor

__all__ = [
    "Acknowledged",
    "AuthError",
    "CaseBlock",
    "Children",
    "Clock",
    "Coded",
    "ConfigError",
    "Context",
    "Deadline",
    "DeadlineExceeded",
    "FilesSource",
    "Monitor",
    "Page",
    "PluginFault",
    "RateLimited",
    "RestSource",
    "SoapSource",
    "Source",
    "SourceChanged",
    "SourceError",
    "Stream",
    "TableSource",
    "Unavailable",
    "Verdict",
    "VerdictColumns",
    "Window",
    "hookimpl",
    "instants",
    "malformed",
]

#: Fetched when asked for: a source has no use for numpy, nor one without code for pluggy.
_HOMES = {
    "CaseBlock": "hub.model.blocks",
    "Children": "hub.model.blocks",
    "Coded": "hub.model.blocks",
    "Verdict": "hub.model.opinions",
    "VerdictColumns": "hub.model.opinions",
    "hookimpl": "hub.sdk.hooks",
    "Monitor": "hub.sdk.judging",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
