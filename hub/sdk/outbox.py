"""The child's side of the turns: one batch under way, some waiting, the next being fetched meanwhile."""

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence

from hub.errors import PluginFault
from hub.sdk.batching import Batch
from hub.wire import Answer, BatchHead, Fault, Head, Piece, frame, pack_records, read_frame

#: So much may be fetched ahead, so that the source is read while the Hub starts, or is busy for a moment.
AHEAD_BYTES = 24 << 20

#: Called in the thread of the pull with each batch the Hub has answered, and one flag per record;
#: None where the Hub kept nothing.
Settle = Callable[[Batch, bytes | None], None]


class Channel:
    """Frames over two descriptors of this process."""

    def __init__(self, reader: int, writer: int) -> None:
        self._reader, self._writer = reader, writer

    def write(self, head: Head, pieces: Sequence[Piece] = ()) -> None:
        for piece in frame(head, pieces):
            view = memoryview(piece)
            while view:
                view = view[os.write(self._writer, view) :]

    def read(self) -> tuple[Head, bytes] | None:
        return read_frame(self._exactly)

    def _exactly(self, size: int) -> bytes:
        pieces = []
        while size:
            piece = os.read(self._reader, min(size, 1 << 20))
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)


class Outbox:
    """Sends batches in a thread of its own and hands the answers back to the thread of the pull.

    Not one thread for both, because fetching the next page must go on while the Hub commits; and
    acknowledging belongs to the thread that pulls, for connections that know their thread.
    """

    def __init__(self, channel: Channel, settle: Settle) -> None:
        self._channel = channel
        self._settle = settle
        self._out: deque[Batch] = deque()
        self._turned = threading.Condition()
        self._answered: queue.SimpleQueue[tuple[Batch, bytes | None]] = queue.SimpleQueue()
        self._open = 0
        self._body = bytearray()
        self._thread = threading.Thread(target=self._carry, name="outbox", daemon=True)
        self._thread.start()

    def put(self, batch: Batch) -> None:
        """Hand over a batch; waits while enough are waiting. Settles what was answered meanwhile."""
        self._open += 1
        with self._turned:
            self._turned.wait_for(lambda: not self._out or self._has_room(batch))
            self._out.append(batch)
            self._turned.notify_all()
        while not self._answered.empty():
            self._settle_one()

    def _has_room(self, batch: Batch) -> bool:
        """Whether it may wait beside others; never where it is acknowledged, for its rows may change."""
        promised = batch.stream.delivery == "flagged" or bool(batch.marks)
        return not promised and batch.size + sum(waiting.size for waiting in self._out) <= AHEAD_BYTES

    def drain(self) -> None:
        """Wait for every answer, and settle each."""
        while self._open:
            self._settle_one()

    def _settle_one(self) -> None:
        batch, flags = self._answered.get()
        self._open -= 1
        self._settle(batch, flags)

    def tell(self, fault: Fault) -> None:
        """Report a stream that stopped; every batch must be answered before."""
        self._channel.write(fault)

    def _carry(self) -> None:
        try:
            while True:
                batch = self._next()
                self._answered.put((batch, self._turn(batch)))
        except (OSError, PluginFault):
            os._exit(70)  # the Hub is gone, or speaks nonsense: nobody is left to tell

    def _next(self) -> Batch:
        with self._turned:
            self._turned.wait_for(lambda: self._out)
            batch = self._out.popleft()
            self._turned.notify_all()
        return batch

    def _turn(self, batch: Batch) -> bytes | None:
        head = BatchHead(
            stream=batch.stream.name,
            count=len(batch.raws),
            origin=batch.origin,
            cursor=batch.cursor,
            marks=batch.marks,
            stream_done=batch.done,
        )
        pack_records(batch.raws, self._body)
        batch.raws = []  # the next batch may be fetched into their memory while this one is on its way
        self._channel.write(head, [self._body])
        reply = self._channel.read()
        if reply is None or not isinstance(reply[0], Answer):
            raise PluginFault("the Hub sent no answer")
        answer, flags = reply[0], reply[1]
        if not answer.committed:
            return None
        if len(flags) != head.count:
            raise PluginFault(f"the Hub answered {len(flags)} of {head.count} records")
        return flags
