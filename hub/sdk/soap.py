"""The kind "soap"."""

from hub.sdk.source import Source


class SoapSource(Source):
    pass
