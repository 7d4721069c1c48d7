"""Tax bureau (地税局): approval cases over REST. The manifest says it all; the kind does the work."""

from hub.sdk import RestSource, hookimpl


class Tax(RestSource):
    """The bureau's service, OAuth2 and cursors included, is what the kind expects."""


@hookimpl
def hub_source() -> type[Tax]:
    return Tax
