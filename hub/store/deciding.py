"""A batch decided record by record, beside what stands: from its columns to arrivals, and back to columns."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from hub.store.changes import Changes, Written
from hub.store.kept import KeptBatch
from hub.store.outcomes import Arrival, Deciding, Decisions, RawArrival, RowId, Standing
from hub.store.planning import Plan
from hub.store.preparing import Prepared

#: Fetches the value fingerprints of every earlier version of rows.
Past = Callable[[Sequence[RowId]], dict[RowId, set[bytes]]]


def decide(
    plan: Plan,
    blocks: Sequence[Prepared],
    standing: dict[RowId, Standing],
    past: Past,
    mapping_id: int,
    now: int,
) -> Changes:
    """What a batch changes, by what stands under its keys. ``blocks``: those of the plan, or the parts of
    them that are compared.
    """
    raws = _raw_arrivals(plan, blocks)
    old = past(_worth_comparing(raws, standing))
    return _changes(Deciding(standing, old, mapping_id, now).run(raws), plan.blocks, now)


def _changes(made: Decisions, blocks: Sequence[Prepared], now: int) -> Changes:
    touched = _by_kind(made.touched)
    return Changes(
        withdrawn=_by_kind(made.withdrawn),
        moved=_by_kind(made.moved),
        touched={kind: {key: made.touched[kind, key] for key in keys} for kind, keys in touched.items()},
        written=[
            *_written(blocks, made.passed, now, passed=True),
            *_written(blocks, made.final.values(), now, passed=False),
        ],
        new=_by_kind(made.new_rows),
        inserted=made.inserted,
        updated=made.updated,
        parents=frozenset(made.parents),
        gone=([v.raw_fp for v in made.forgotten], [v.value_fp for v in made.forgotten]),
    )


def _by_kind(rows: Iterable[RowId]) -> dict[str, list[str]]:
    """Their keys, in their order: neighbours in the index are then met one after another."""
    found: dict[str, list[str]] = {}
    for kind, key in sorted(rows):
        found.setdefault(kind, []).append(key)
    return found


def _written(
    blocks: Sequence[Prepared], chosen: Iterable[Standing], now: int, *, passed: bool
) -> list[Written]:
    """The chosen versions as rows, block by block."""
    by_block: dict[int, list[tuple[int, Standing]]] = {}
    for version in chosen:
        if version.place is not None:
            number, position = version.place
            by_block.setdefault(number, []).append((position, version))
    return [_piece(blocks[number], versions, now, passed=passed) for number, versions in by_block.items()]


def _piece(block: Prepared, chosen: Sequence[tuple[int, Standing]], now: int, *, passed: bool) -> Written:
    """These versions of a block, by their positions, of which one may come twice."""
    versions = [version for _, version in chosen]
    return Written.of(
        block.only([position for position, _ in chosen]),
        [v.raw_fp for v in versions],
        np.array([v.first_seen_at for v in versions]),
        [v.identity for v in versions],
        [now if v.withdrawn else None for v in versions],
        passed=passed,
    )


def _raw_arrivals(plan: Plan, blocks: Sequence[Prepared]) -> list[RawArrival]:
    """The mapped raw records in order of arrival, with their rows."""
    records: dict[int, list[Arrival]] = {i: [] for i in plan.mapped.raw_keys} if plan.plural else {}
    for number, block in enumerate(blocks):
        for arrival, index in zip(_arrivals(number, block), block.indexes, strict=True):
            records.setdefault(index, []).append(arrival)
    kept = plan.batch if isinstance(plan.batch, KeptBatch) else None
    return [
        RawArrival(
            index,
            plan.mapped.raw_keys[index],
            plan.raw_fps[index],
            records[index],
            kept.rows[index] if kept else frozenset(),
            kept.places[index] if kept else None,
        )
        for index in sorted(records)
    ]


def _arrivals(number: int, block: Prepared) -> list[Arrival]:
    versions = block.column("data_version")
    parents = block.column("parent_case_no")
    return [
        Arrival(block.kind, key, value_fp, version, parent, (number, position))
        for key, value_fp, version, parent, position in zip(
            block.keys, block.value_fps, versions, parents, block.positions(), strict=True
        )
    ]


def _may_be_older(record: Arrival, stands: Standing, *, again: bool) -> bool:
    if record.version is None:
        return False
    return again or (stands.version is not None and record.version < stands.version)


def _worth_comparing(raws: Sequence[RawArrival], standing: dict[RowId, Standing]) -> list[RowId]:
    """Rows of which an older version may have arrived: only there do earlier versions matter."""
    met: set[RowId] = set()
    found: set[RowId] = set()
    for raw in raws:
        for record in raw.records:
            row = (record.kind, record.key)
            stands = standing.get(row)
            if stands is None:
                continue
            if _may_be_older(record, stands, again=row in met) or raw.kept_at is not None:
                found.add(row)
            met.add(row)
    return list(found)
