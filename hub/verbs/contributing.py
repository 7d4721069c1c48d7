"""hub plugin, hub mapping: what those who connect a department ask."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hub.errors import Complaint, ConfigError
from hub.mapping.examples import examples_path, run_examples
from hub.mapping.mapping import check_mapping
from hub.mapping.tracing import Trace
from hub.model.records import shown_key
from hub.roles import Plugin
from hub.verbs.installation import Installation


def plugin_list(installation: Installation) -> dict[str, Any]:
    """Every plugin found, loaded or not, and why."""
    return {"plugins": [_plugin(plugin) for plugin in installation.plugins.values()]}


def _plugin(plugin: Plugin) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "title": plugin.title,
        "owner": plugin.owner,
        "kind": plugin.kind,
        "state": plugin.state,
        "why": plugin.why,
        "streams": sorted(plugin.streams),
        "monitors": sorted(plugin.monitors),
        "problems": [c.as_document() for c in plugin.complaints],
    }


def mapping_check(installation: Installation, names: Sequence[str] = ()) -> dict[str, Any]:
    """Every fault of the mappings named (all when none), their examples run."""
    checked, problems, examples = [], [], 0
    for name in names or installation.mapping_names():
        path = installation.settings.mappings / f"{name}.toml"
        checked.append(name)
        faults, run = _check(installation, path)
        problems += [fault.as_document() for fault in faults]
        examples += run
    return {"mappings": checked, "examples": examples, "problems": problems}


def _check(installation: Installation, path: Path) -> tuple[list[Complaint], int]:
    zone, codes = installation.settings.zone, installation.settings.mappings / "codes"
    if not path.is_file():
        known = ", ".join(installation.mapping_names()) or "none"
        return [Complaint(str(path), None, path.stem, "no such mapping", f"mappings there: {known}")], 0
    faults = check_mapping(path, codes_dir=codes, zone=zone)
    beside = examples_path(path)
    if faults or not beside.is_file():
        return faults, 0
    try:
        results = run_examples(path, zone=zone, codes_dir=codes)
    except ConfigError as error:
        return list(error.complaints), 0
    wrong = [
        Complaint(str(beside), r.line, r.name, "; ".join(r.problems), "mend the mapping or the example")
        for r in results
        if not r.ok
    ]
    return wrong, len(results)


def mapping_try(installation: Installation, name: str, stream: str, raw_file: Path) -> dict[str, Any]:
    """What a mapping makes of the one raw record in a file, field by field."""
    mapping = installation.mapping(name)
    if stream not in mapping.streams:
        known = ", ".join(mapping.streams)
        raise ConfigError(f"mapping {name!r} has no stream {stream!r}", remedy=f"its streams: {known}")
    return trace_document(mapping.streams[stream].trace(_raw(raw_file)))


def _raw(path: Path) -> bytes:
    try:
        if str(path) == "-":
            with open(0, "rb", closefd=False) as stdin:
                return stdin.read().strip()
        return path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(f"cannot read the raw record at {path}: {error.strerror}") from error


def trace_document(trace: Trace) -> dict[str, Any]:
    """A mapping's trace as JSON, one row a field."""
    rejection = trace.rejection
    return {
        "stream": trace.stream,
        "records": [{"kind": r.kind, "key": shown_key(r.key) if r.key else None} for r in trace.records],
        "fields": [
            {
                "record": record.kind,
                "field": field.field,
                "source": field.source,
                "raw": field.raw,
                "steps": list(field.steps),
                "result": field.value,
                "error": field.fault,
            }
            for record in trace.records
            for field in record.fields
        ],
        "rejected": None
        if rejection is None
        else {"reason": rejection.reason, "field": rejection.field, "message": rejection.message},
        "unnamed": list(trace.unnamed),
    }
