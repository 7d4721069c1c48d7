"""Progress bars: on a terminal's stderr only, never with --json."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hub.cli.invocation import Invocation
from hub.cli.printing import plain
from hub.i18n import gettext

SyncProgress = Callable[[str, str, int], None]
AuditProgress = Callable[[int], None]


def wanted(invocation: Invocation) -> bool:
    return not invocation.json and invocation.err.isatty()


@contextmanager
def sync_progress(invocation: Invocation) -> Iterator[SyncProgress]:
    """One line per stream with the records received so far."""
    if not wanted(invocation):
        yield lambda _source, _stream, _received: None
        return
    with _bars(invocation) as bars:
        tasks: dict[tuple[str, str], Any] = {}

        def show(source: str, stream: str, received: int) -> None:
            task = tasks.get((source, stream))
            if task is None:
                task = tasks[source, stream] = bars.add_task(plain(f"{source} {stream}"), total=None)
            bars.update(task, completed=received)

        yield show


@contextmanager
def audit_progress(invocation: Invocation) -> Iterator[AuditProgress]:
    """One bar with the cases judged so far."""
    if not wanted(invocation):
        yield lambda _judged: None
        return
    with _bars(invocation) as bars:
        task = bars.add_task(gettext("Judging"), total=None)
        yield lambda judged: bars.update(task, completed=judged)


def _bars(invocation: Invocation) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:,}"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(file=invocation.err), transient=True)
