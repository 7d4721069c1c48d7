"""The parent's side of a pull: batches in, answers out, and an account of how it ended."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import unquote

from hub import errors
from hub.errors import HubError, PluginFault, SourceError
from hub.model.cursors import order_key
from hub.model.records import Delivery, RawBatch, Window
from hub.roles import Plugin
from hub.runner.output import cleaned, redact
from hub.runner.process import Process
from hub.runner.texts import in_utf8
from hub.wire import Answer, BatchHead, Fault, Final, Order, StreamTask, frame, read_frame, unpack_records

_ERRORS: Mapping[str, type[HubError]] = {
    kind.kind: kind
    for kind in (
        errors.AuthError,
        errors.Unavailable,
        errors.RateLimited,
        errors.SourceChanged,
        errors.DeadlineExceeded,
        errors.ConfigError,
    )
}


#: What one frame may say and hold, because a plugin may have written it itself.
_MOST_SAID, _MOST_DETAIL, _MOST_NOTES, _MOST_RECORDS, _LONGEST_CURSOR = 2_000, 16_000, 100, 200_000, 64


@dataclass(frozen=True, slots=True)
class StreamOrder:
    """One stream to be pulled. ``cursor`` is the field's name; ``committed`` the value reached so far."""

    delivery: Delivery
    cursor: str | None
    ordered: bool
    window: Window
    marks: Mapping[str, str] = field(default_factory=dict)
    committed: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PullOrder:
    """A pull, or a check, of one source. ``config`` is resolved, streams carry their merged settings."""

    source: str
    plugin: Plugin
    config: Mapping[str, Any]
    streams: Mapping[str, StreamOrder]
    timezone: str
    started_at: int
    action: Literal["pull", "check"] = "pull"
    deadline_s: float = 3600.0
    limit: int | None = None
    base_dir: str = "."
    hosts: tuple[str, ...] = ()
    memory_mb: int = 2048

    def to_wire(self) -> Order:
        code = self.plugin.code
        return Order(
            source=self.source,
            kind=self.plugin.kind,
            code=str(code.resolve()) if code else None,
            config=dict(self.config),
            hosts=list(self.hosts or self.plugin.hosts),
            streams={name: _task(order) for name, order in self.streams.items()},
            action=self.action,
            deadline_s=self.deadline_s,
            timezone=self.timezone,
            started_at=self.started_at,
            base_dir=self.base_dir,
            limit=self.limit,
            memory_mb=self.memory_mb,
        )

    def secrets(self) -> list[str]:
        """Values that must not be shown, whatever the plugin prints; headers, passwords in addresses too."""
        found: list[str] = []
        for key, value in self.config.items():
            schema = self.plugin.config_schema.get(key)
            if isinstance(value, dict) and key != "streams":
                found += [text for text in value.values() if isinstance(text, str)]
            elif schema is not None and schema.secret:
                found.append(str(value))
            elif isinstance(value, str):
                found += _passwords(value)
        return [text for text in found if text]


def _passwords(address: str) -> list[str]:
    """What an address, perhaps given whole by reference, holds of a password, written and meant."""
    before, _, _ = address.partition("://")[2].rpartition("@")
    password = before.partition(":")[2]
    return [password, unquote(password)]


def _task(order: StreamOrder) -> StreamTask:
    return StreamTask(
        delivery=order.delivery,
        cursor=order.cursor,
        ordered=order.ordered,
        window=order.window,
        committed=order.committed,
        marks=dict(order.marks),
        settings=dict(order.settings),
    )


@dataclass(frozen=True, slots=True)
class PulledBatch:
    """One batch and what is to be committed with it; it may be empty but for its cursor and marks."""

    batch: RawBatch
    marks: dict[str, str]
    stream_done: bool


class Pull:
    """A pull under way. Each batch must be answered before the next is asked for."""

    def __init__(
        self,
        order: PullOrder,
        *,
        stop: Callable[[], bool] = lambda: False,
        waiting: Process | None = None,
        unread: bool = False,
    ) -> None:
        """``stop`` is asked about twice a second while the plugin is waited for; True ends the pull.

        ``waiting``: a process that was started ahead; it is closed with the pull, or at once where it
        was told to do something else. ``unread``: records are handed on as they came, UTF-8 or not;
        whoever takes them sees to it (``in_utf8``).
        """
        self.order = order
        self.final = Final({}, {})
        self.stream_errors: dict[str, SourceError] = {}
        self._received = dict.fromkeys(order.streams, 0)
        self._waiting: int | None = None
        self._unread = unread
        self._secrets = order.secrets()
        if waiting is not None and waiting.told not in (None, order.to_wire()):
            waiting.close()
            waiting = None
        self._process = waiting or Process(order.deadline_s, order.base_dir, kind=order.plugin.kind)
        self._process.allow(order.deadline_s, stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.close()

    @property
    def output(self) -> str:
        """What the plugin printed, capped and without its secrets."""
        return self._process.output.text(self._secrets)

    @property
    def notes(self) -> list[str]:
        """What the SDK has to tell about a pull that went well."""
        return [cleaned(note[:_MOST_SAID], self._secrets) for note in self.final.notes[:_MOST_NOTES]]

    def __iter__(self) -> Iterator[PulledBatch]:
        if self._process.told is None:
            self._process.tell(self.order.to_wire())
        while True:
            if self._waiting is not None:
                raise RuntimeError("a batch was not answered")
            read = read_frame(self._process.read)
            if read is None:
                raise self._died()
            head, body = read
            if isinstance(head, BatchHead):
                batch = self._batch(head, body)
                del read, body  # as large as the batch, which is at work for a while
                yield batch
                del batch
            elif isinstance(head, Fault):
                self._fault(head)
            elif isinstance(head, Final):
                self._close(head)
                return
            else:
                raise PluginFault(f"the plugin's process sent a {type(head).__name__} of its own")

    def _batch(self, head: BatchHead, body: bytes) -> PulledBatch:
        if head.stream not in self._received:
            raise PluginFault(f"a batch of stream {head.stream!r}, which was not asked for")
        _check_head(head)
        raws: Sequence[bytes] = unpack_records(head.count, body)
        raws = raws if self._unread else in_utf8(raws)
        self._received[head.stream] += len(raws)
        self._waiting = len(raws)
        origin = _one_line(redact(head.origin[:_MOST_SAID], self._secrets))
        return PulledBatch(RawBatch(head.stream, raws, origin, head.cursor), head.marks, head.stream_done)

    def answer(self, flags: bytes, *, committed: bool = True) -> None:
        """Tell the plugin each record's fate (1 taken, 2 item unknown, 3 rejected).

        Where the stream is acknowledged (flagged), after the commit only; elsewhere nothing hangs on it.

        No flags, or ``committed=False`` (a dry run): nothing was kept, so nothing is acknowledged.
        """
        if self._waiting is None:
            raise RuntimeError("there is no batch to answer")
        committed = committed and len(flags) >= min(1, self._waiting)
        if committed and len(flags) != self._waiting:
            raise ValueError(f"{len(flags)} flags for {self._waiting} records")
        self._waiting = None
        self._process.write(frame(Answer(committed), [flags] if committed else []))

    def _fault(self, fault: Fault) -> None:
        error = self._error(fault)
        if fault.stream is None or not isinstance(error, SourceError):
            raise error
        self.stream_errors[fault.stream] = error

    def _error(self, fault: Fault) -> HubError:
        message = cleaned(fault.message[:_MOST_SAID], self._secrets)
        remedy = cleaned(fault.remedy[:_MOST_SAID], self._secrets)
        kind = _ERRORS.get(fault.kind)
        if kind is None:
            detail = cleaned(fault.detail[-_MOST_DETAIL:], self._secrets) + self._tail()
            return PluginFault(message, detail=detail, remedy=remedy)
        if issubclass(kind, errors.Unavailable):
            return kind(message, retry_after_s=fault.retry_after_s, remedy=remedy)
        return kind(message, remedy=remedy)

    def _close(self, final: Final) -> None:
        """Check the account: an honest process says how much it sent."""
        if self.order.action == "pull" and final.sent != self._received:
            raise PluginFault(
                f"the plugin counts {final.sent} records, {self._received} arrived"[:_MOST_SAID]
            )
        self._process.close()
        if self._process.output.garbage is not None:
            found = self._process.output.garbage
            raise PluginFault(f"the plugin printed bytes that are no text: {found!r}", detail=self._tail())
        self.final = final

    def _died(self) -> PluginFault:
        message = self._process.obituary()
        remedy = "see what it printed; a crash in a parser or driver ends the process"
        return PluginFault(message, detail=self._tail(), remedy=remedy)

    def _tail(self) -> str:
        """What the process printed last; it is ended first, so that nothing is still on its way."""
        self._process.close()
        text = self.output[-4000:].strip()
        return f"\nprinted:\n{text}" if text else ""


def _check_head(head: BatchHead) -> None:
    """PluginFault where the store, or the window of the next run, would stumble over what a batch says."""
    if not 0 <= head.count <= _MOST_RECORDS:
        raise PluginFault(f"a batch of {head.count} records", remedy="yield smaller pages")
    if any("\0" in text for mark in head.marks.items() for text in mark):
        raise PluginFault("a mark that is no text")
    if head.cursor is not None:
        try:
            order_key(head.cursor[:_LONGEST_CURSOR])
        except (ValueError, OverflowError) as error:
            raise PluginFault(f"a cursor that is none: {head.cursor[:_LONGEST_CURSOR]!r}") from error
        if len(head.cursor) > _LONGEST_CURSOR:
            raise PluginFault(f"a cursor of {len(head.cursor)} characters")


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "�" for char in text)
