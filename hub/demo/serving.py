"""An installation around the city: its hub.toml, secrets and servers, from the repository's own files."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hub
from hub.demo.city import City
from hub.demo.commerce import CommerceService
from hub.demo.loopback import Loopback
from hub.demo.plan import DemoPlan
from hub.demo.tax import TaxService
from hub.errors import ConfigError

#: Where the repository's hub.toml expects the servers.
PORTS = {"tax": 18101, "commerce": 18102}
_PARTS = ("plugins", "mappings")
_MARK = ".simulated"  # a folder whose var/demo has it is a demo's own


def repository() -> Path:
    """The folder that holds hub.toml, plugins and mappings; ConfigError where it was not shipped."""
    root = Path(hub.__file__).parents[1]
    if not all((root / part).exists() for part in ("hub.toml", *_PARTS)):
        raise ConfigError(
            f"the demo needs hub.toml, plugins/ and mappings/ in {root}",
            remedy="run it from a checkout of the repository",
        )
    return root


def install(folder: Path, ports: dict[str, int], plan: DemoPlan) -> Path:
    """Copy the repository's installation into ``folder``, its servers at ``ports``; its hub.toml."""
    root = repository()
    text = (root / "hub.toml").read_text(encoding="utf-8")
    for source, port in ports.items():
        text = text.replace(f"127.0.0.1:{PORTS[source]}", f"127.0.0.1:{port}")
    if plan.store_url:
        text = text.replace("sqlite:///var/hub.db", plan.store_url)
    if plan.exchange_url:
        text = re.sub(r"sqlite:///var/demo/\w+\.db", lambda _: str(plan.exchange_url), text)
    folder.mkdir(parents=True, exist_ok=True)
    for part in _PARTS:
        ignored = shutil.ignore_patterns("__pycache__", "cassettes")
        shutil.copytree(root / part, folder / part, ignore=ignored, dirs_exist_ok=True)
    config = folder / "hub.toml"
    config.write_text(text, encoding="utf-8")
    return config


def emptied(folder: Path) -> Path:
    """A folder to work in: a new one, an empty one, or an earlier demo's, whose store is cleared."""
    earlier = (folder / "var/demo" / _MARK).is_file() and folder.resolve() != repository()
    if folder.exists() and any(folder.iterdir()) and not earlier:
        found = f"{folder} is not empty, and no demo was run there"
        raise ConfigError(found, remedy="name a new or an empty folder")
    if earlier:
        shutil.rmtree(folder / "var", ignore_errors=True)
    return folder


def mark(folder: Path) -> None:
    """Say that this folder is a demo's own, so that the next one may clear it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()


def _secret(source: str) -> str:
    """What the repository's hub.toml sends as the source's secret."""
    return (repository() / f"plugins/{source}/demo.secret").read_text("utf-8").strip()


@contextmanager
def serving(city: City, ports: dict[str, int] | None = None) -> Iterator[dict[str, int]]:
    """The city's two web services while the block runs; yields the ports they got."""
    given = ports or {}
    servers = {
        "tax": Loopback(TaxService(city.tax, _secret("tax")), given.get("tax", 0)),
        "commerce": Loopback(CommerceService(city.commerce, _secret("commerce")), given.get("commerce", 0)),
    }
    try:
        for server in servers.values():
            server.start()
        yield {name: server.port for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.stop()
