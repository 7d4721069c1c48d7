"""A heading, facts and a table: what a proof is made of before it is printed or shown as a page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.cli.printing import Row, brief, plain
from hub.i18n import gettext

Columns = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, then facts (name, value), then a table. All texts are already translated and plain."""

    title: str
    level: int = 2
    facts: tuple[tuple[str, str], ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=())


def facts_of(facts: Sequence[tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((gettext(name), brief(plain(value))) for name, value in facts if value not in (None, ""))


def table_of(title: str, columns: Columns, rows: Sequence[Row], *, level: int = 2) -> Section:
    kept = [(key, name) for key, name in columns if any(row.get(key) not in (None, "") for row in rows)]
    return Section(
        title,
        level,
        headings=tuple(gettext(name) for _, name in kept),
        rows=tuple(tuple(brief(plain(row.get(key))) for key, _ in kept) for row in rows),
    )
