"""The menu: what a plugin's code may offer."""

from typing import Any

import pluggy

hookspec = pluggy.HookspecMarker("hub")
hookimpl = pluggy.HookimplMarker("hub")


@hookspec
def hub_source() -> Any:
    """The class (or an instance) of this plugin's source."""


@hookspec
def hub_monitors() -> Any:
    """The classes (or instances) of this plugin's monitors: blocks in, verdicts out (hub.sdk.Monitor)."""
