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
    """Monitors of the plugin's own: blocks in, verdicts out."""
