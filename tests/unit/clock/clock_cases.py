"""Builders of single limits, pauses, extensions and blocks for the tests of the clock."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from hub.clock.columns import NO_UNIT, UNIT_CODES, ExtensionColumns, LimitColumns, PauseColumns
from hub.model.blocks import CaseBlock, Children, Coded
from hub.model.instants import NO_INSTANT, isoformat, parse_iso

ZONE = ZoneInfo("Asia/Shanghai")


def when(text: str | None) -> int:
    return NO_INSTANT if text is None else parse_iso(text.replace(" ", "T"), ZONE)


def told(instant: int) -> str | None:
    return None if instant == NO_INSTANT else isoformat(int(instant), ZONE)[:19].replace("T", " ")


def whens(texts: Sequence[str | None]) -> np.ndarray:
    return np.array([when(text) for text in texts], dtype=np.int64)


def a_limit(start, length, unit="working_day", stop=None, roll=True) -> LimitColumns:
    return LimitColumns(
        whens([start]),
        whens([stop]),
        np.array([float(length)]),
        np.array([UNIT_CODES.get(unit, NO_UNIT)], dtype=np.int8),
        np.array([roll]),
    )


def pauses(*rows, unit="working_day") -> PauseColumns:
    """Rows of (start, end, applied length, allowed)."""
    full = [(*row, *(None, True)[len(row) - 2 :]) for row in rows]
    return PauseColumns(
        np.array([0, len(full)]),
        whens([r[0] for r in full]),
        whens([r[1] for r in full]),
        np.array([np.nan if r[2] is None else r[2] for r in full], dtype=float),
        np.full(len(full), UNIT_CODES.get(unit, NO_UNIT), dtype=np.int8),
        np.array([r[3] for r in full], dtype=bool),
    )


def extensions(*rows, most=10.0, unit="working_day") -> ExtensionColumns:
    """Rows of (approved, length, has reason, has authority)."""
    full = [(*row, *(True, True)[len(row) - 2 :]) for row in rows]
    return ExtensionColumns(
        np.array([0, len(full)]),
        whens([r[0] for r in full]),
        np.array([r[1] for r in full], dtype=float),
        np.full(len(full), UNIT_CODES.get(unit, NO_UNIT), dtype=np.int8),
        np.array([r[2] for r in full], dtype=bool),
        np.array([r[3] for r in full], dtype=bool),
        np.array([most]),
    )


def a_block(supplements=(), result=None, **at) -> CaseBlock:
    """One case; supplements as (issued, received)."""
    names = ("received_at", "accepted_at", "refused_at", "decided_at", "closed_at")
    rows = Children(
        np.array([0, len(supplements)]),
        {
            "issued_at": whens([s[0] for s in supplements]),
            "received_at": whens([s[1] for s in supplements]),
        },
        {},
        {},
    )
    absent = Coded(np.array([-1], dtype=np.int32), [])
    word = absent if result is None else Coded(np.array([0], dtype=np.int32), [result])
    return CaseBlock(
        dossier_ids=np.array([1]),
        sources=absent,
        instants={name: whens([at.get(name)]) for name in names},
        words={"result": word},
        numbers={},
        known_until=whens([None]),
        held=np.array([False]),
        applicant_id_valid=np.array([-1], dtype=np.int8),
        parents=np.array([-1]),
        children={"supplement": rows},
    )
