"""What a batch touched is noted once for all of its cases, no longer in each of their dossiers."""

from alembic import op

from hub.store.upgrading import run_script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_script(op.get_bind(), __file__)
