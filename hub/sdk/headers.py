"""Names for columns: every cell has one, and no two have the same."""

from collections.abc import Sequence


def column_names(cells: Sequence[object]) -> list[str]:
    """The header's cells as names: a blank one is called column_N, a repeated one gets #2, #3 …"""
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        plain = ("" if cell is None else str(cell)).strip().strip("\ufeff") or f"column_{number}"
        name, again = plain, 1
        while name in names:
            again += 1
            name = f"{plain}#{again}"
        names.append(name)
    return names
