"""The first schema, frozen as the statements of each engine: what a store of 0.1 was made of."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    bind = op.get_bind()
    script = Path(__file__).with_name(f"0001_first.{bind.dialect.name}.sql").read_text("utf-8")
    for statement in script.split(";\n\n"):
        bind.exec_driver_sql(statement.rstrip(";\n"))
