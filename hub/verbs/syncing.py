"""hub sync: the plugins' processes first, because they take as long to start as all the rest of the Hub."""

from collections.abc import Callable, Sequence
from typing import Any

from hub.runner.waiting import Waiting
from hub.verbs.installation import Installation
from hub.verbs.sync_options import SIDE_BY_SIDE, SyncOptions


def sync(
    installation: Installation,
    names: Sequence[str],
    options: SyncOptions,
    now: Callable[[], int],
    progress: Callable[[str, str, int], None],
    stop: Callable[[], bool],
) -> dict[str, Any]:
    """Run the sources named (all when none) and return the document of ``hub sync``."""
    with Waiting(_first_kinds(installation, names), str(installation.settings.folder)) as waiting:
        # Not above, because all this is loaded while the processes load their part, or fetch already.
        from hub.verbs.foretelling import Requests

        requests = Requests(installation, names, options, now, progress, stop)
        requests.foretell(waiting)
        from hub.verbs.pulling import pull

        return pull(installation, requests, waiting)


def _first_kinds(installation: Installation, names: Sequence[str]) -> dict[str, str]:
    """The sources that begin at once, each with its kind; a plugin that is no good needs no process."""
    asked = installation.sources_named(names)[:SIDE_BY_SIDE]
    plugins = {name: installation.plugins.get(installation.settings.sources[name].plugin) for name in asked}
    return {name: plugin.kind for name, plugin in plugins.items() if plugin and plugin.state == "loaded"}
