"""New cases are due by range; value fingerprints cover the cells of a row instead of its msgpack."""

from alembic import op

from hub.store.refingerprinting import refingerprint
from hub.store.upgrading import run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_script(op.get_bind(), __file__)
    refingerprint(op.get_bind())
