"""One table of a department's database: what is asked of it, and how its flag is set back."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hub.errors import ConfigError, SourceChanged
from hub.model import cursors
from hub.model.records import Window
from hub.sdk.database import plain_columns
from hub.sdk.pages import Acknowledged, Stream
from hub.sdk.progress import write_bound

if TYPE_CHECKING:
    from hub.sdk.context import Context

#: Types whose values do not compare equal to what was read of them, or not at all.
_INCOMPARABLE = (sa.types.JSON, sa.types.LargeBinary, sa.types.Float, sa.types.NullType)
_SHAPE = re.compile(r"\d{4}([-/.]?)\d\d\1\d\d(?:([T ])\d\d:\d\d(:\d\d)?)?")


class ExchangeTable:
    """A table or view, its columns as the database describes them."""

    def __init__(self, ctx: "Context", stream: Stream) -> None:
        self._ctx = ctx
        self._stream = stream
        name, schema = str(stream.get("table", stream.name)), ctx.config.get("schema")
        self.types, self.primary_key = ctx.db.columns(name, schema)
        self._table = sa.table(name, *plain_columns(list(self.types)), schema=schema)

    def column(self, name: str) -> Any:
        """A column by name; SourceChanged where the table has none of that name, in whatever case."""
        for known in self.types:
            if known == name or known.lower() == name.lower():
                return self._table.c[known]
        raise SourceChanged(
            f"table {self._table.name} has no column {name}", remedy="check the stream's settings"
        )

    def select(self, window: Window) -> Any:
        """The query of one pull."""
        stream = self._stream
        names = stream.get("columns")
        chosen = [self.column(name) for name in names] if names else list(self._table.c)
        query = sa.select(*chosen)
        if stream.get("where"):
            query = query.where(sa.text(f"({stream.get('where')})"))
        if stream.delivery == "flagged" and not stream.full:
            query = query.where(self._is_new())
        if stream.cursor:
            query = self._within(query, self.column(stream.cursor), window)
        return query

    def _is_new(self) -> Any:
        flag = self.column(self._stream.get("flag"))
        value = self._like_flag(self._stream.get("flag_new", "0"))
        return flag == sa.bindparam("flag_new", value, type_=sa.types.NullType())

    def _like_flag(self, value: Any) -> Any:
        """A flag's value in the type the column has."""
        name = self.column(self._stream.get("flag")).name
        try:
            number = self.types[name].python_type in (int, float) or issubclass(
                self.types[name].python_type, int
            )
        except NotImplementedError:
            number = False
        return int(value) if number else str(value)

    def _within(self, query: Any, column: Any, window: Window) -> Any:
        """The rows of the window, those without a cursor always among them.

        The upper bound holds for ranges asked for by hand only: a row dated in the future is read,
        it just does not move the cursor.
        """
        sample = self._sample(column)
        form = self._stream.get("cursor_format")
        if window.lower is not None and sample is not None:
            bound = typed_bound(window.lower, sample, form, self._ctx)
            query = query.where(sa.or_(column >= _raw(bound), column.is_(None)))
        if window.upper is not None and window.mode == "range" and sample is not None:
            bound = typed_bound(window.upper, sample, form, self._ctx)
            query = query.where(sa.or_(column <= _raw(bound), column.is_(None)))
        return query.order_by(column) if self._stream.ordered else query

    def _sample(self, column: Any) -> Any:
        with self._ctx.db.reading() as connection:
            return connection.execute(sa.select(column).where(column.is_not(None)).limit(1)).scalar()

    def set_back(self, rows: Sequence[Acknowledged]) -> int:
        """Give each row the flag of its fate; returns how many were edited meanwhile and are left alone."""
        stream = self._stream
        flag = self.column(stream.get("flag"))
        names = [self.column(n).name for n in stream.get("columns") or list(self.types)]
        compared = [n for n in self._compared(flag.name) if n in names]
        if not compared:
            raise ConfigError(f"stream {stream.name}: no column tells its rows apart", remedy="set `key`")
        places = [(f"c{i}", names.index(name)) for i, name in enumerate(compared)]
        words = {"taken": "1", "unknown": "2", "rejected": "3", **stream.get("ack", {})}
        values = [self._like_flag(words[fate]) for fate in ("taken", "unknown", "rejected")]
        key = {names.index(name) for name in self._key() if name in names}
        named: list[dict[str, Any]] = []
        nameless: list[dict[str, Any]] = []
        for row in rows:
            told = {"flag": values[row.flag - 1], **{bind: row.row[place] for bind, place in places}}
            (nameless if any(row.row[place] is None for place in key) else named).append(told)
        changed = 0
        with self._ctx.db.acknowledging() as connection:
            for told_rows, equal in ((named, self._key()), (nameless, [])):
                if told_rows:
                    count = connection.execute(self._update(flag, compared, equal), told_rows).rowcount
                    changed += count if count >= 0 else len(told_rows)
        return max(0, len(rows) - changed)

    def _update(self, flag: Any, compared: Sequence[str], equal: Sequence[str]) -> Any:
        """Set the flag where all compared columns hold what they held.

        Those in ``equal`` by "=", not by "is not distinct from", because only that finds its way by an index.
        """
        conditions = []
        for i, name in enumerate(compared):
            bind = sa.bindparam(f"c{i}", type_=sa.types.NullType())
            column = self._table.c[name]
            conditions.append(column == bind if name in equal else column.is_not_distinct_from(bind))
        value = sa.bindparam("flag", type_=sa.types.NullType())
        return sa.update(self._table).where(*conditions).values({flag: value})

    def _key(self) -> list[str]:
        return [self.column(name).name for name in self._stream.get("key") or self.primary_key]

    def _compared(self, flag: str) -> list[str]:
        """The columns that must still hold what was read: key and version, or every one that compares."""
        key = self._key()
        version = self._stream.get("version")
        if version and key:
            return [*key, self.column(version).name, *([flag] if flag not in key else [])]
        others = [n for n, kind in self.types.items() if n not in key and not isinstance(kind, _INCOMPARABLE)]
        return [*key, *others]


def _raw(value: Any) -> Any:
    """A value for the driver as it is: a type of SQLAlchemy's would add casts that not every column bears."""
    return sa.bindparam(None, value, type_=sa.types.NullType(), unique=True)


def typed_bound(cursor: str, sample: Any, form: str | None, ctx: "Context") -> Any:
    """A window's bound in the type and the form of the column's own values."""
    zone = ctx.clock.zone
    if not cursors.is_instant(cursor):
        return str(cursor) if isinstance(sample, str) else int(cursor)
    if form is not None:
        return write_bound(cursor, form, zone)
    moment = datetime.fromisoformat(cursor)
    if isinstance(sample, datetime):
        return moment if sample.tzinfo else moment.astimezone(zone).replace(tzinfo=None)
    if isinstance(sample, date):
        return moment.astimezone(zone).date()
    if isinstance(sample, int):
        return int(moment.timestamp() * (1000 if abs(sample) > 10**11 else 1))
    shape = _SHAPE.match(str(sample))
    if shape is None:
        raise SourceChanged(
            f"a cursor column with values like {str(sample)[:4]}…", remedy="set `cursor_format`"
        )
    rest = str(sample)[shape.end() :]
    aware = datetime.fromisoformat(str(sample)).tzinfo if rest.endswith("Z") or "+" in rest else None
    pattern = f"%Y{shape[1]}%m{shape[1]}%d"
    if shape[2]:
        pattern += f"{shape[2]}%H:%M" + (":%S" if shape[3] else "")
    return moment.astimezone(aware or zone).strftime(pattern)


def configured_query(ctx: "Context", stream: Stream, window: Window) -> tuple[Any, dict[str, Any]]:
    """The SQL of the stream's ``query``, with those bounds it names."""
    query = str(stream.get("query"))
    form = stream.get("cursor_format") or "%Y-%m-%d %H:%M:%S"
    bounds = {"lower": window.lower, "upper": window.upper}
    params = {}
    for name, bound in bounds.items():
        if re.search(rf"(?<!:):{name}\b", query):
            first = "1900-01-01T00:00:00+00:00" if name == "lower" else "9999-12-30T00:00:00+00:00"
            params[name] = write_bound(bound or first, form, ctx.clock.zone)
    return query, params
