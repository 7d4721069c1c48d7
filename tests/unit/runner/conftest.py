"""Pulls of plugins written on the spot, run through the real child."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.errors import HubError
from hub.model.instants import parse_iso
from hub.model.records import RawBatch, Window
from hub.plugins.configuring import hosts_of, resolve_config, stream_specs
from hub.plugins.manifests import discover
from hub.runner.pull import Pull, PullOrder, StreamOrder

STARTED_AT = parse_iso("2024-06-01T00:00:00+00:00", None)  # type: ignore[arg-type]
ALL = Window(None, None, "incremental")


class Account:
    """What came of one pull."""

    def __init__(self) -> None:
        self.batches: list[RawBatch] = []
        self.marks: dict[str, str] = {}
        self.done: list[str] = []
        self.error: HubError | None = None
        self.stream_errors: dict[str, Any] = {}
        self.complete: dict[str, bool] = {}
        self.notes: list[str] = []
        self.output = ""

    @property
    def raws(self) -> list[bytes]:
        return [raw for batch in self.batches for raw in batch.raws]


def pull(order: PullOrder, flag: Callable[[bytes], int] | None = lambda raw: 1) -> Account:
    """Run an order to its end, answering every record with ``flag``; None: nothing is committed."""
    account = Account()
    with Pull(order) as running:
        try:
            for pulled in running:
                account.batches.append(pulled.batch)
                account.marks |= pulled.marks
                if pulled.stream_done:
                    account.done.append(pulled.batch.stream)
                if flag is None:
                    running.answer(b"", committed=False)
                else:
                    running.answer(bytes(map(flag, pulled.batch.raws)))
            account.complete, account.notes = running.final.complete, running.notes
        except HubError as error:
            account.error = error
        account.stream_errors = running.stream_errors
    account.output = running.output
    return account


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., PullOrder]:
    """Builds an order for a plugin; ``code`` makes it one of kind "code" with that body."""

    def build(
        plugin: str = "mine",
        config: dict[str, Any] | None = None,
        *,
        code: str | None = None,
        manifest: str = "",
        window: Window = ALL,
        env: dict[str, str] | None = None,
        committed: str | None = None,
        marks: dict[str, str] | None = None,
        **more: Any,
    ) -> PullOrder:
        if code is not None:
            folder = tmp_path / "plugins" / plugin
            folder.mkdir(parents=True, exist_ok=True)
            head = f'[plugin]\nname = "{plugin}"\ncontract = 1\nkind = "code"\n'
            (folder / "plugin.toml").write_text(manifest or head + "[streams.cases]\n", "utf-8")
            (folder / "plugin.py").write_text(textwrap.dedent(code), "utf-8")
        found = discover(tmp_path / "plugins")[plugin]
        assert found.state == "loaded", found.why
        resolved, complaints = resolve_config(found, config or {}, env or {})
        specs, more_complaints = stream_specs(found, resolved)
        assert not complaints + more_complaints, [*map(str, complaints), *map(str, more_complaints)]
        streams = {
            name: StreamOrder(
                spec.delivery, spec.cursor, spec.ordered, window, marks or {}, committed, spec.settings
            )
            for name, spec in specs.items()
        }
        defaults: dict[str, Any] = {"deadline_s": 20.0, "base_dir": str(tmp_path)}
        return PullOrder(
            "mine",
            found,
            resolved,
            streams,
            "Asia/Shanghai",
            STARTED_AT,
            hosts=hosts_of(found, resolved),
            **defaults | more,
        )

    return build


@pytest.fixture
def run() -> Callable[..., Account]:
    return pull
