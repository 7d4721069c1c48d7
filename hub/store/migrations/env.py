"""What Alembic runs: the migrations, on the connection and in the transaction of the caller."""

from alembic import context

from hub.store import schema_audit  # registers the tables of judging with the metadata
from hub.store.schema import metadata
from hub.store.upgrading import VERSION_TABLE

assert schema_audit.audits.metadata is metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
context.run_migrations()
