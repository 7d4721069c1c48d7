"""Exchange databases: tables of one layout, rows added in batches, a flag in every row."""

import re

from sqlalchemy import Column, Engine, MetaData, String, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, object]
_BATCH = 5_000


class Exchange:
    """The tables of one department. ``layout``: table name -> (key columns, other columns)."""

    def __init__(self, url: str, layout: dict[str, tuple[str, str]], flag: str) -> None:
        self.engine = _engine(url)
        self.flag = flag
        metadata = MetaData()
        self.tables = {name: _table(metadata, name, *columns, flag) for name, columns in layout.items()}
        metadata.drop_all(self.engine)
        metadata.create_all(self.engine)
        self._columns = {name: table.columns.keys() for name, table in self.tables.items()}
        self._inserts = {name: _replacing(table, self.engine) for name, table in self.tables.items()}
        self._waiting: dict[str, list[tuple[object, ...]]] = {name: [] for name in layout}

    def add(self, table: str, row: Row) -> None:
        """Add a row, its flag new."""
        row[self.flag] = "0"
        waiting = self._waiting[table]
        waiting.append(tuple(map(row.get, self._columns[table])))
        if len(waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits, replacing rows of the same key: that is how departments re-report."""
        with self.engine.begin() as connection:
            for name, rows in self._waiting.items():
                if rows:
                    # As tuples, past SQLAlchemy's binding of each row: it would cost more than the insert.
                    connection.exec_driver_sql(self._inserts[name], rows)
                    rows.clear()

    def close(self) -> None:
        self.flush()
        self.engine.dispose()


def _table(metadata: MetaData, name: str, keys: str, others: str, flag: str) -> Table:
    columns = [Column(key, String(64), primary_key=True) for key in keys.split()]
    columns += [Column(column, String(500)) for column in others.split()]
    return Table(name, metadata, *columns, Column(flag, String(1), nullable=False, index=True))


def _replacing(table: Table, engine: Engine) -> str:
    """An insert by position that replaces a row of the same key, in the engine's own words."""
    statement = (postgresql if engine.dialect.name == "postgresql" else sqlite).insert(table)
    updates = {column.name: statement.excluded[column.name] for column in table.columns}
    statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=updates)
    text = str(statement.compile(dialect=engine.dialect))
    return re.sub(r"%\(\w+\)s(::\w+)?", "%s", text)


def _engine(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        # A department's own database: its durability is its affair, the demo's start-up time is ours.
        @event.listens_for(engine, "connect")
        def _relax(connection: object, _record: object) -> None:
            connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]

    return engine
