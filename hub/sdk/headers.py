"""Names for columns: every cell has one, and no two have the same."""

from collections.abc import Sequence

from hub.errors import SourceChanged

#: As many as a spreadsheet has; beyond that a line is no header, and naming its columns would take for ever.
_MOST = 16_384


def column_names(cells: Sequence[object], where: str = "") -> list[str]:
    """The header's cells as names: a blank one is called column_N, a repeated one gets #2, #3 …"""
    if len(cells) > _MOST:
        place = f"{where}: " if where else ""
        raise SourceChanged(f"{place}a header of {len(cells)} columns", remedy="deliver one record a line")
    names: list[str] = []
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        plain = ("" if cell is None else str(cell)).strip().strip("\ufeff") or f"column_{number}"
        name, again = plain, counts.get(plain, 1)
        while name in taken:
            again += 1
            name = f"{plain}#{again}"
        counts[plain] = again
        taken.add(name)
        names.append(name)
    return names
