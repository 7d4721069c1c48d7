"""The only import of a plugin."""

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
from hub.model.blocks import CaseBlock, Children, Coded
from hub.model.opinions import Verdict, VerdictColumns
from hub.model.records import Window
from hub.sdk.context import Context
from hub.sdk.files import FilesSource
from hub.sdk.hooks import hookimpl
from hub.sdk.judging import Monitor
from hub.sdk.pages import Acknowledged, Page, Stream, malformed
from hub.sdk.rest import RestSource
from hub.sdk.soap import SoapSource
from hub.sdk.source import Source
from hub.sdk.surroundings import Clock, Deadline
from hub.sdk.table import TableSource

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
