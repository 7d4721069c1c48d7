"""Installations of the Hub whose one source is the bench's: the REST interface, a table, or a CSV file."""

import json
import re
import shutil
from pathlib import Path

from bench import databases, measure
from bench.data import MAPPING
from bench.sizes import HUB

_HEAD = """
[hub]
city = "洛阳市"
[store]
url = "{url}"
[source.bench]
mapping = "bench"
"""
_REST = """
plugin = "rest"
[source.bench.config]
base_url = "http://127.0.0.1:{port}"
records = "data.list"
paging = "cursor"
next = "data.next"
next_param = "cursor"
[source.bench.config.streams]
permits = {{ path = "/{variant}" }}
"""
_TABLE = """
plugin = "table"
[source.bench.config]
url = "{url}"
schema = "exchange"
{password}
[source.bench.config.streams]
permits = {{ table = "permits" }}
"""
_FILES = """
plugin = "files"
[source.bench.config]
folder = "inbox"
[source.bench.config.streams]
permits = { pattern = "*.csv" }
"""
#: A database's own timestamps arrive as ISO 8601 and need no pattern.
TYPED_MAPPING = re.sub(r', format = "[^"]+"', "", MAPPING)


def exchange_table(url: str) -> str:
    password = 'password = { env = "PGPASSWORD" }' if databases.password() else ""
    return _TABLE.format(url=databases.hub_url(url), password=password)


def inbox() -> str:
    return _FILES


class Installation:
    """A folder with hub.toml and one mapping; its store is emptied between runs."""

    def __init__(self, folder: Path, url: str, mapping: str = MAPPING) -> None:
        self.folder, self.url = folder, url
        for name in ("mappings", "inbox"):
            (folder / name).mkdir(parents=True)
        (folder / "mappings" / "bench.toml").write_text(mapping, "utf-8")

    def connect(self, source: str) -> None:
        """Write hub.toml with that source."""
        (self.folder / "hub.toml").write_text(_HEAD.format(url=self.url) + source, "utf-8")

    def sync(self, records: int) -> measure.Sample:
        """hub sync as a whole process; RuntimeError unless every record was taken and none refused."""
        sample = measure.run([HUB, "--json", "sync"], self.folder)
        run = json.loads(sample.output)["runs"][0]
        if run["status"] != "ok" or run["received"] != records or run["quarantined"]:
            raise RuntimeError(f"not a clean run of {records:,} records: {run}")
        return sample

    def clear(self) -> None:
        if self.url.startswith("postgresql"):
            databases.empty(self.url.replace("+psycopg", ""))
        else:
            shutil.rmtree(self.folder / "var", ignore_errors=True)


class RestInstallation(Installation):
    """Its source is the department's interface, in one of its variants."""

    def __init__(self, folder: Path, url: str, port: int) -> None:
        super().__init__(folder, url)
        self._port = port

    def point_at(self, variant: str) -> None:
        self.connect(_REST.format(port=self._port, variant=variant))
