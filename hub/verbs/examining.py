"""hub plugin test: the cases of a plugin, pulled by the real child and compared record by record."""

import tempfile
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from hub.errors import ConfigError, HubError, PluginFault
from hub.model.blocks import CaseBlock
from hub.model.records import Window
from hub.plugins.configuring import hosts_of, resolve_config, stream_specs
from hub.roles import Plugin
from hub.runner.judging import Judges
from hub.runner.pull import Pull, PullOrder, StreamOrder
from hub.sdk.testing import Case, Environment, cases_of, differences, staged
from hub.store.blocks import build_block
from hub.store.chunks import Chunk
from hub.store.engine import reading
from hub.store.names import Names
from hub.store.store import open_store
from hub.verbs.installation import Installation

_DEADLINE_S = 60.0


def plugin_test(installation: Installation, name: str, now: int) -> dict[str, Any]:
    """Run every case, and try every monitor on a block of no cases.

    ``problems`` where the manifest is faulty.
    """
    plugin = installation.plugins.get(name)
    if plugin is None or plugin.folder is None:
        known = ", ".join(sorted(p.name for p in installation.plugins.values() if p.folder))
        raise ConfigError(f"no plugin {name!r} in a folder", remedy=f"plugins here: {known or 'none'}")
    problems = [str(complaint) for complaint in plugin.complaints]
    if plugin.state != "loaded":
        return {"plugin": name, "cases": [], "problems": problems or [plugin.why]}
    cases = cases_of(plugin.folder)
    with tempfile.TemporaryDirectory() as scratch:
        results = [_result(installation, plugin, case, Path(scratch), now) for case in cases]
        results += _monitors(installation, plugin, Path(scratch), now) if plugin.monitors else []
    return {"plugin": name, "cases": results, "problems": problems}


def _result(
    installation: Installation, plugin: Plugin, case: Case, scratch: Path, now: int
) -> dict[str, Any]:
    try:
        found = _run(installation, plugin, case, scratch, now)
    except (HubError, OSError, ValueError) as error:
        found = [f"{type(error).__name__}: {error}"]
    return {"name": case.name, "ok": not found, "message": "; ".join(found)}


def _run(installation: Installation, plugin: Plugin, case: Case, scratch: Path, now: int) -> list[str]:
    with staged(case, scratch) as stage:
        config, faults = resolve_config(plugin, stage.config, Environment(), base_dir=case.folder)
        specs, more = stream_specs(plugin, config)
        if faults or more:
            return [str(fault) for fault in faults + more]
        streams = {
            name: StreamOrder(
                delivery=spec.delivery,
                cursor=spec.cursor,
                ordered=spec.ordered,
                window=Window(None, None, "incremental"),
                settings=spec.settings,
            )
            for name, spec in specs.items()
        }
        order = PullOrder(
            source=plugin.name,
            plugin=plugin,
            config=config,
            streams=streams,
            timezone=str(installation.settings.zone),
            started_at=now,
            deadline_s=_DEADLINE_S,
            base_dir=str(case.folder),
            hosts=hosts_of(plugin, config),
        )
        return differences(case.expected, _pulled(order)) + stage.complaints


def _pulled(order: PullOrder) -> dict[str, list[bytes]]:
    raws: dict[str, list[bytes]] = defaultdict(list)
    with Pull(order) as pull:
        for pulled in pull:
            raws[pulled.batch.stream] += pulled.batch.raws
            pull.answer(b"", committed=False)
    return raws


def _monitors(installation: Installation, plugin: Plugin, scratch: Path, now: int) -> list[dict[str, Any]]:
    """Whether each monitor declared is there and answers; a block has every column, cases or none."""
    nothing = np.zeros(0, dtype=np.int64)
    with open_store(f"sqlite:///{scratch / 'empty.db'}") as store, reading(store.engine, "no case") as read:
        block = build_block(read, Chunk(0, nothing, Names(()), None), None)
    with closing(Judges(plugin, timezone=str(installation.settings.zone), deadline_s=_DEADLINE_S)) as judges:
        return [_tried(judges, monitor, block, now) for monitor in plugin.monitors]


def _tried(judges: Judges, monitor: str, block: CaseBlock, now: int) -> dict[str, Any]:
    try:
        judges.ask(monitor, block, now)
    except PluginFault as error:
        return {"name": monitor, "ok": False, "message": error.message}
    return {"name": monitor, "ok": True, "message": ""}
