"""hub plugin new: the folder of a plugin and its mapping, complete enough to load and to fill in."""

import re
from pathlib import Path
from typing import Any

from hub.errors import Complaint, ConfigError
from hub.verbs.installation import Installation

_CLASSES = {"rest": "RestSource", "soap": "SoapSource", "table": "TableSource", "files": "FilesSource"}
_STREAMS = {
    "rest": 'path = "/cases"\nrecords = "data.list"\ncursor = "updated_at"\nsince_param = "since"',
    "soap": 'operation = "QueryCases"\nrecord = "Row"',
    "table": 'table = "cases"\ncursor = "updated_at"',
    "files": 'pattern = "cases*.csv"',
}
_MANIFEST = """[plugin]
name = "{name}"
title = "{name}"
owner = ""
contract = 1
kind = "{kind}"

[streams.cases]
delivery = "changes"
{stream}
"""
_CODE = '''"""{name}: what this department does differently from a plain {kind} source."""

from hub.sdk import {base}, hookimpl


class Department({base}):
    """Nothing differs yet: delete this file if nothing ever does."""


@hookimpl
def hub_source() -> type[Department]:
    return Department
'''
_README = """# {name}

What this department's interface is, who answers for it, and what is odd about it.

`hub mapping check {name}` and `hub plugin test {name}` must pass; `hub.toml` says where it is.
"""
_MAPPING = """# From {name}'s own names (right) to the unified fields (left); docs/fields.md lists them all.
[streams.cases]
record = "case"

[streams.cases.fields]
case_no = "case_no"
item_code = "item_code"
received_at = "received_at"
accepted_at = "accepted_at"
closed_at = "closed_at"
"""


def plugin_new(installation: Installation, name: str, kind: str) -> dict[str, Any]:
    """Write the files of a new plugin; nothing that exists is touched."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
        found = Complaint(
            "NAME", None, "NAME", f"found {name!r}", "small letters, digits and _, a letter first"
        )
        raise ConfigError("no name for a plugin", [found])
    if kind not in _CLASSES:
        raise ConfigError(f"no kind {kind!r}", remedy=f"kinds: {', '.join(_CLASSES)}")
    files = _files(installation, name, kind)
    standing = [str(path) for path in files if path.exists()]
    if standing or name in installation.plugins:
        raise ConfigError(
            f"plugin {name!r} exists already: {', '.join(standing)}", remedy="choose another name"
        )
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return {"plugin": name, "kind": kind, "files": [str(path) for path in files]}


def _files(installation: Installation, name: str, kind: str) -> dict[Path, str]:
    folder = installation.settings.plugin_folder / name
    told = {"name": name, "kind": kind, "base": _CLASSES[kind], "stream": _STREAMS[kind]}
    return {
        folder / "plugin.toml": _MANIFEST.format(**told),
        folder / "plugin.py": _CODE.format(**told),
        folder / "README.md": _README.format(**told),
        installation.settings.mappings / f"{name}.toml": _MAPPING.format(**told),
    }
