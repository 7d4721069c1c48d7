"""The kind "table": rows of a database, by a rising column or by a flag that is set back."""

from hub.sdk.source import Source


class TableSource(Source):
    pass
