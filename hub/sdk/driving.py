"""Drives one source through its streams: pages in, batches out, errors sorted by what they end."""

import traceback
from collections.abc import Iterator
from typing import Any

from hub.errors import ConfigError, HubError, PluginFault, SourceChanged, SourceError, Unavailable
from hub.sdk.batching import Batch, Batcher
from hub.sdk.context import Context
from hub.sdk.outbox import Channel, Outbox
from hub.sdk.pages import Acknowledged, Page, Stream
from hub.sdk.progress import Progress
from hub.wire import Fault, Final, Order, StreamTask


class Drive:
    """One pull of one source."""

    def __init__(self, source: Any, ctx: Context, order: Order, channel: Channel) -> None:
        self.source = source
        self.ctx = ctx
        self.order = order
        self.outbox = Outbox(channel, self._settle)
        self.sent: dict[str, int] = {}
        self.complete: dict[str, bool] = {}
        self.notes: list[str] = []

    def run(self) -> Final:
        """Pull every stream; returns the account of it, to be sent as the last word."""
        for name, task in self.order.streams.items():
            try:
                self._stream(_stream(name, task), task)
            except SourceChanged as error:
                self.outbox.drain()
                self.outbox.tell(fault_of(error, stream=name))
            except BaseException:  # a plugin that calls exit() included: what it sent is still answered
                self.outbox.drain()
                raise
        return Final(self.sent, self.complete, self.notes)

    def _stream(self, stream: Stream, task: StreamTask) -> None:
        progress = Progress(task, self.order.started_at, self.ctx.clock.zone)
        batcher = Batcher(stream, progress, self.order.limit)
        self.sent[stream.name], self.complete[stream.name] = 0, False
        finished = False
        try:
            for page in self._pages(stream, task):
                for batch in batcher.add(page):
                    self.outbox.put(batch)
                if batcher.limited:
                    break
            finished = not batcher.limited
        finally:
            rest = batcher.rest(done=finished)
            self.sent[stream.name] = batcher.sent
            if rest is not None:
                self.outbox.put(rest)
        self.complete[stream.name] = finished
        if progress.unreadable:
            self.notes.append(f"{stream.name}: {progress.unreadable} records without a readable cursor")
        self.outbox.drain()

    def _pages(self, stream: Stream, task: StreamTask) -> Iterator[Page]:
        pages = self.source.pull(self.ctx, stream, task.window)
        try:
            return iter(pages)
        except TypeError as error:
            raise PluginFault(
                f"pull() returned a {type(pages).__name__}", remedy="make it a generator of pages"
            ) from error

    def _settle(self, batch: Batch, flags: bytes | None) -> None:
        if flags is None:  # nothing was committed: it is a dry run
            return
        if batch.stream.delivery == "flagged" and flags and hasattr(self.source, "acknowledge"):
            rows = [
                Acknowledged(batch.stream, row, flag) for row, flag in zip(batch.rows, flags, strict=True)
            ]
            self.source.acknowledge(self.ctx, rows)
        if batch.marks and hasattr(self.source, "committed"):
            self.source.committed(self.ctx, batch.stream, batch.marks)


def _stream(name: str, task: StreamTask) -> Stream:
    return Stream(
        name=name,
        delivery=task.delivery,
        cursor=task.cursor,
        ordered=task.ordered,
        settings=task.settings,
        marks=task.marks,
        full=task.window.mode == "full",
    )


def fault_of(error: BaseException, *, stream: str | None = None) -> Fault:
    """An error as it crosses the wire; whatever is not the SDK's is the plugin's bug, with its traceback."""
    if isinstance(error, SourceError | ConfigError):
        retry_after = error.retry_after_s if isinstance(error, Unavailable) else None
        detail = error.detail if isinstance(error, PluginFault) else ""
        return Fault(error.kind, error.message, error.remedy, detail, retry_after, stream)
    if isinstance(error, HubError):
        return Fault("plugin", error.message, error.remedy, stream=stream)
    if isinstance(error, MemoryError):
        message = "the plugin's process ran out of the memory it may use"
        return Fault("plugin", message, "ask for smaller pages or files", _trace(error), stream=stream)
    summary = f"{type(error).__name__}: {error}"[:2000]
    return Fault("plugin", summary, "this is a bug in the plugin", _trace(error), stream=stream)


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-8000:]
