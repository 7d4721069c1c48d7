"""hub db: the store itself."""

from pathlib import Path
from typing import Any

from hub.store.store import open_store
from hub.store.upgrading import schema_version
from hub.verbs.installation import Installation


def upgrade(installation: Installation) -> dict[str, Any]:
    """Bring the schema to this version."""
    store = open_store(installation.settings.store_url, upgrade=True)
    try:
        return {"schema": schema_version(store.engine)}
    finally:
        store.close()


def backup(installation: Installation, path: Path) -> dict[str, Any]:
    """Write a consistent copy while the store is in use."""
    installation.store.backup(path)
    return {"written": str(path)}


def check(installation: Installation) -> dict[str, Any]:
    """The store's own faults: sums, orphans, the integrity of the database."""
    return {"problems": [{"message": problem} for problem in installation.store.check()]}
