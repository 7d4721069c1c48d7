"""What each run asked for and how far it heard each stream: M17 asks when a source had been heard."""

from alembic import op

from hub.store.upgrading import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_script(op.get_bind(), __file__)
