"""PostgreSQL no longer tries to compress what is compressed already; pages kept before stay as they are."""

from alembic import op

from hub.store.upgrading import run_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_script(op.get_bind(), __file__)
