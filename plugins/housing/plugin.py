"""Housing committee (住建委): a drop folder of GB18030 CSV files and workbooks."""

from hub.sdk import FilesSource, hookimpl


class Housing(FilesSource):
    """The committee's files are what the kind expects."""


@hookimpl
def hub_source() -> type[Housing]:
    return Housing
