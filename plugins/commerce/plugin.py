"""Commerce bureau (工商局): approval cases over SOAP in GBK.

The manifest says it all; the kind does the work.
"""

from hub.sdk import SoapSource, hookimpl


class Commerce(SoapSource):
    """The bureau's service pages by number and faults when busy, as the kind expects."""


@hookimpl
def hub_source() -> type[Commerce]:
    return Commerce
