"""The first schema: what a store of 0.1 was made of."""

from alembic import op

from hub.store.upgrading import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_script(op.get_bind(), __file__)
