"""What runs in a plugin's own process: the plugin, the SDK and the wire; nothing of the store.

Started as ``python -I -m hub.child READ WRITE KIND`` with an empty environment. The order, secrets
included, comes over the pipe, never by argument or environment; it may come a while later.
"""

import contextlib
import importlib
import importlib.util
import logging
import os
import resource
import select
import signal
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hub import sdk
from hub.errors import ConfigError, PluginFault
from hub.memory import keep_warm
from hub.sdk.context import Context
from hub.sdk.driving import Drive, fault_of
from hub.sdk.outbox import Channel
from hub.sdk.surroundings import Clock, Deadline
from hub.seclusion import seclude
from hub.wire import Fault, Final, Order

if TYPE_CHECKING:
    import pluggy

_KINDS = {
    "rest": sdk.RestSource,
    "soap": sdk.SoapSource,
    "table": sdk.TableSource,
    "files": sdk.FilesSource,
}

#: What each kind will need, loaded while the order is on its way.
_AHEAD = {
    "rest": ("hub.sdk.http", "hub.sdk.paging"),
    "soap": ("hub.sdk.http", "hub.sdk.soapcall"),
    "table": ("hub.sdk.exchange", "hub.sdk.rows"),
    "files": ("hub.sdk.dropfolder",),
}


def main(reader: int, writer: int, kind: str) -> int:
    """Serve one order. Whatever happens, the Hub is told, unless the process dies."""
    keep_warm()
    seclude()  # before the order comes: another source's plugin may run beside this one
    for module in _AHEAD.get(kind, ()):
        importlib.import_module(module)
    os.set_inheritable(reader, False)
    os.set_inheritable(writer, False)
    channel = Channel(reader, writer)
    frame = channel.read()
    if frame is None or not isinstance(frame[0], Order):
        return 64
    order = frame[0]
    _confine(order.memory_mb)
    threading.Thread(target=_end_with_the_hub, args=(reader,), name="hub", daemon=True).start()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write whole URLs, tokens included
    ctx = _context(order)
    last_word: Fault | Final
    try:
        last_word = _serve(order, ctx, channel)
    except SystemExit as error:
        last_word = Fault("plugin", f"the plugin called exit({error.code!r})", "return instead")
    except BaseException as error:  # noqa: BLE001 - the door: everything becomes a frame
        last_word = fault_of(error)
    for stream in (sys.stdout, sys.stderr):  # before the last word, after which nobody listens
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    channel.write(last_word)
    os._exit(0)  # not return: threads or atexit hooks of a plugin must not keep the process


def _serve(order: Order, ctx: Context, channel: Channel) -> Final:
    if order.action == "judge":
        from hub.sdk import judging

        judging.serve(channel, lambda: _monitors(order))
        return Final({}, {})
    source = _source(order)
    if order.action == "check":
        if callable(getattr(source, "check", None)):
            source.check(ctx)
        return Final({}, {})
    final = Drive(source, ctx, order, channel).run()
    ctx.close()
    return final


def _end_with_the_hub(reader: int) -> None:
    """End, with all we started, when the Hub is gone: nobody else would end a plugin that hangs."""
    watched = select.poll()
    watched.register(reader, 0)  # a hang-up is told unasked; the answers are left for the outbox
    watched.poll()
    os.killpg(0, signal.SIGKILL)


def _confine(memory_mb: int) -> None:
    limits = (
        (resource.RLIMIT_AS, memory_mb << 20),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 1024),
    )
    for which, limit in limits:
        _, hard = resource.getrlimit(which)
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(which, (limit, limit))


def _context(order: Order) -> Context:
    return Context(
        source=order.source,
        config=order.config,
        clock=Clock(order.started_at, ZoneInfo(order.timezone)),
        deadline=Deadline(order.deadline_s),
        hosts=tuple(order.hosts),
        base_dir=Path(order.base_dir),
    )


def _source(order: Order) -> Any:
    """The source the plugin offers; without code of its own, the kind's."""
    if order.code is None:
        return _KINDS[order.kind]()
    offered = _manager(_load(order.code, order.source)).hook.hub_source()
    if len(offered) != 1:
        raise PluginFault(f"hub_source() was answered {len(offered)} times", remedy="answer it once")
    source = offered[0]() if isinstance(offered[0], type) else offered[0]
    if not callable(getattr(source, "pull", None)):
        raise PluginFault(
            f"hub_source() returned a {type(source).__name__} without pull()",
            remedy="return a class built on one of hub.sdk's sources",
        )
    return source


def _monitors(order: Order) -> list[Any]:
    """The monitors the plugin offers."""
    if order.code is None:
        raise PluginFault("the plugin has no plugin.py", remedy="write it, with hub_monitors()")
    return [
        each for offered in _manager(_load(order.code, order.source)).hook.hub_monitors() for each in offered
    ]


def _manager(module: ModuleType) -> "pluggy.PluginManager":
    import pluggy

    from hub.sdk import hooks

    manager = pluggy.PluginManager("hub")
    manager.add_hookspecs(hooks)
    try:
        manager.register(module)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginFault(f"a hook that the Hub does not know: {error}") from error
    return manager


def _load(code: str, name: str) -> ModuleType:
    """Run plugin.py as a package of its folder, so that it can import what stands beside it."""
    package = "hub_plugin_" + "".join(c if c.isalnum() else "_" for c in name)
    spec = importlib.util.spec_from_file_location(
        package, code, submodule_search_locations=[str(Path(code).parent)]
    )
    if spec is None or spec.loader is None:
        raise ConfigError(f"{code} cannot be loaded", remedy="it must be a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[package] = module
    sys.dont_write_bytecode = True  # a plugin's folder is read, not written; and an edit counts at once
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
