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
_PASSWORDS = {"tax": "demo-of-the-tax-bureau", "commerce": "demo-of-the-commerce-bureau"}
_PARTS = ("plugins", "mappings")


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


def write_secrets(folder: Path) -> None:
    """Lay down the passwords that hub.toml names by file."""
    folder.mkdir(parents=True, exist_ok=True)
    for source, password in _PASSWORDS.items():
        path = folder / f"{source}.secret"
        path.touch(mode=0o600)
        path.write_text(password + "\n", encoding="utf-8")


@contextmanager
def serving(city: City, ports: dict[str, int] | None = None) -> Iterator[dict[str, int]]:
    """The city's two web services while the block runs; yields the ports they got."""
    given = ports or {}
    servers = {
        "tax": Loopback(TaxService(city.tax, _PASSWORDS["tax"]), given.get("tax", 0)),
        "commerce": Loopback(
            CommerceService(city.commerce, _PASSWORDS["commerce"]), given.get("commerce", 0)
        ),
    }
    try:
        for server in servers.values():
            server.start()
        yield {name: server.port for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.stop()
