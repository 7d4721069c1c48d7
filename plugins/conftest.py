"""Plugins tested beside their code, in this process, against recorded answers (plugins/*/cassettes).

To record anew against the demo city's servers: ``pytest plugins --record-mode=rewrite``.
"""

import importlib.util
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.demo.catalogue import read_items
from hub.demo.city import City
from hub.demo.commerce import USER, CommerceService
from hub.demo.days import wall
from hub.demo.loopback import Loopback
from hub.demo.serving import PORTS
from hub.demo.tax import CLIENT_ID, TaxService
from hub.model import instants
from hub.model.records import Window
from hub.plugins.configuring import hosts_of, resolve_config, stream_specs
from hub.plugins.manifests import discover
from hub.sdk import Clock, Context, Deadline, Stream

PLUGINS = Path(__file__).parent
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2012, 10, 26, 18, tzinfo=SHANGHAI)
SECRET = "only-for-recording"  # noqa: S105 (the scrubbing below must take it out)
CONFIGS: dict[str, dict[str, Any]] = {
    "tax": {"base_url": f"http://127.0.0.1:{PORTS['tax']}", "client_id": CLIENT_ID, "client_secret": SECRET},
    "commerce": {
        "url": f"http://127.0.0.1:{PORTS['commerce']}/services/approval",
        "username": USER,
        "password": SECRET,
    },
}


def _scrub_response(response: dict[str, Any]) -> dict[str, Any]:
    """No token, no cookie, and no waiting when played back."""
    headers = {name.lower(): name for name in response["headers"]}
    for name in ("set-cookie", "date", "server"):
        if name in headers:
            del response["headers"][headers[name]]
    if "retry-after" in headers:
        response["headers"][headers["retry-after"]] = ["0"]
    body = response["body"]["string"]
    if b"access_token" in body:
        response["body"]["string"] = json.dumps({**json.loads(body), "access_token": "(token)"}).encode()
        response["headers"][headers["content-length"]] = [str(len(response["body"]["string"]))]
    return response


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    return {
        "filter_headers": ["authorization", "cookie", "user-agent"],
        "filter_post_data_parameters": [("client_secret", "(secret)")],
        "before_record_response": _scrub_response,
        "decode_compressed_response": True,
        "match_on": ["method", "scheme", "host", "port", "path", "query", "body"],
    }


@pytest.fixture
def departments(record_mode: str, tmp_path: Path) -> Iterator[None]:
    """The demo city's web services, while recording; nobody at all while playing back."""
    if record_mode == "none":
        yield
        return
    items = read_items(PLUGINS.parent / "mappings/items.csv")
    city = City(tmp_path, items, cases=300, seed=1, now=wall(NOW))
    city.fill()
    servers = [
        Loopback(TaxService(city.tax, SECRET), PORTS["tax"]),
        Loopback(CommerceService(city.commerce, SECRET), PORTS["commerce"]),
    ]
    for server in servers:
        server.start()
    yield
    for server in servers:
        server.stop()


@pytest.fixture
def pulled(departments: None) -> Callable[..., list[dict[str, Any]]]:  # noqa: ARG001 (it serves)
    """Pull one stream of a plugin to its end: ``pulled("tax", "cases", page_size=20)``."""

    def pull(name: str, stream: str, **settings: Any) -> list[dict[str, Any]]:
        plugin = discover(PLUGINS)[name]
        references = {
            key: {"env": key} if plugin.config_schema[key].secret else value
            for key, value in CONFIGS[name].items()
        }
        config, faults = resolve_config(plugin, references, CONFIGS[name])
        assert not faults
        specs, _ = stream_specs(plugin, config)
        spec = specs[stream]
        ctx = Context(
            source=name,
            config=config,
            clock=Clock(instants.at(NOW), SHANGHAI),
            deadline=Deadline(60),
            hosts=tuple(hosts_of(plugin, config)),
        )
        asked = Stream(stream, spec.delivery, spec.cursor, spec.ordered, {**spec.settings, **settings})
        try:
            pages = _source(name).pull(ctx, asked, Window(None, None, "incremental"))
            return [
                json.loads(raw) if isinstance(raw, bytes) else dict(raw) for p in pages for raw in p.records
            ]
        finally:
            ctx.close()

    return pull


def _source(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"plugin_under_test_{name}", PLUGINS / name / "plugin.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.hub_source()()
