"""The fingerprints of what stands are noted beside the rows, and read from there."""

from alembic import op

from hub.store.fingerprint_log import write_anew
from hub.store.upgrading import run_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_script(op.get_bind(), __file__)
    rows = op.get_bind().exec_driver_sql("SELECT stream_id, kind FROM stream_kinds WHERE rows > 0")
    for stream_id, kind in rows.all():
        write_anew(op.get_bind(), kind, stream_id)
