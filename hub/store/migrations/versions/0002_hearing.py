"""What each run asked for and how far it heard each stream: M17 asks when a source had been heard."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    integer = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute("ALTER TABLE runs ADD COLUMN reach TEXT")
    op.execute(f"ALTER TABLE run_streams ADD COLUMN bound {integer}")
