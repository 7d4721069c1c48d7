"""The first schema.

Not a frozen list of tables, because no release has gone out: until then the first schema is the one
the metadata describes. The first release freezes it here, and later changes get revisions of their own.
"""

from alembic import op

from hub.store import schema_audit
from hub.store.schema import metadata

revision = "0001"
down_revision = None

assert schema_audit.audits.metadata is metadata


def upgrade() -> None:
    metadata.create_all(op.get_bind())
