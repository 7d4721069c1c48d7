"""Which pauses may stop which clock: Art. 45 kinds both, the item's own kinds the promised one only."""

import numpy as np

from hub.audit.catalogue import Catalogue
from hub.clock.calendar import Days
from hub.clock.columns import PauseColumns
from hub.model.blocks import CaseBlock, Children, Coded, Flags, Instants, owners_of
from hub.model.instants import NO_INSTANT

#: The item's word for papers asked for after acceptance: their time may stop the promised clock.
SUPPLEMENT = "supplement"


def pauses_for(
    block: CaseBlock, catalogue: Catalogue, version: Days, *, promised: bool
) -> PauseColumns | None:
    """The pauses of every case, those flagged that may stop this clock; None where there are none."""
    rows = block.children.get("pause")
    pauses = None
    if rows is not None and len(rows):
        allowed = catalogue.pause_kinds(version[rows.owners()], kinds_of(rows), promised=promised)
        pauses = PauseColumns.of(block, allowed)
    return _with_supplements(block, catalogue, version, pauses) if promised else pauses


def kinds_of(rows: Children) -> Coded:
    """The kinds of rows; all absent where the source names none."""
    found = rows.words.get("kind")
    return Coded(np.full(len(rows), -1, dtype=np.int32), ()) if found is None else found


def _with_supplements(
    block: CaseBlock, catalogue: Catalogue, version: Days, pauses: PauseColumns | None
) -> PauseColumns | None:
    """Also the supplements asked for after acceptance, after the pauses of each case."""
    rows = block.children.get("supplement")
    if rows is None or not len(rows) or not catalogue.allows(SUPPLEMENT):
        return pauses
    owners, issued = rows.owners(), rows.instants["issued_at"]
    accepted = block.instants["accepted_at"][owners]
    kind = Coded(np.zeros(len(rows), dtype=np.int32), (SUPPLEMENT,))
    allowed = catalogue.pause_kinds(version[owners], kind, promised=True)
    taken = allowed & (accepted != NO_INSTANT) & (issued >= accepted)
    if not taken.any():
        return pauses
    return _merged(pauses, owners[taken], issued[taken], rows.instants["received_at"][taken], len(block))


def _merged(
    pauses: PauseColumns | None, owners: Instants, issued: Instants, received: Instants, cases: int
) -> PauseColumns:
    """Pauses first, so that they keep their numbers; supplements have no length applied for."""
    n = len(owners)
    if pauses is None:
        offsets = np.zeros(cases + 1, dtype=np.int64)
        none: Flags = np.zeros(0, dtype=np.bool_)
        empty = np.zeros(0, dtype=np.int64)
        pauses = PauseColumns(offsets, empty, empty, np.zeros(0), np.zeros(0, dtype=np.int8), none)
    all_owners = np.concatenate((owners_of(pauses.offsets), owners))
    order = np.argsort(all_owners, kind="stable")
    counts = np.bincount(all_owners, minlength=cases)
    return PauseColumns(
        np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts))),
        np.concatenate((pauses.started_at, issued))[order],
        np.concatenate((pauses.ended_at, received))[order],
        np.concatenate((pauses.applied_length, np.full(n, np.nan)))[order],
        np.concatenate((pauses.applied_unit, np.zeros(n, dtype=np.int8)))[order],
        np.concatenate((pauses.allowed, np.ones(n, dtype=np.bool_)))[order],
    )
