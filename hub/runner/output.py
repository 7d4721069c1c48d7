"""What a plugin prints: drained so that it never blocks, capped, and kept free of secrets."""

import contextlib
import os
import selectors
import threading
from collections.abc import Sequence
from typing import IO

from hub.log import redact_text

_HEAD, _TAIL = 16 << 10, 48 << 10
_ALLOWED = frozenset(b"\t\n\r\x1b\x08\x0c")


class Output:
    """Standard output and error of one process, read by a thread until both end or it is closed."""

    def __init__(self, stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self._pipes = (stdout, stderr)
        self._head, self._tail, self._size = b"", b"", 0
        self._garbage: bytes | None = None
        self._wake_reader, self._wake_writer = os.pipe()
        self._thread = threading.Thread(target=self._drain, name="output", daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_reader, selectors.EVENT_READ)
            for pipe in self._pipes:
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ)
            while len(selector.get_map()) > 1:
                for key, _ in selector.select():
                    if key.fd == self._wake_reader:
                        self._last_words()
                        return
                    if not self._take(key.fd):
                        selector.unregister(key.fileobj)

    def _take(self, descriptor: int) -> bool:
        with contextlib.suppress(BlockingIOError):
            piece = os.read(descriptor, 1 << 16)
            self._keep(piece, check=descriptor == self._pipes[0].fileno())
            return bool(piece)
        return True

    def _last_words(self) -> None:
        """Take what already lies in the pipes; whoever still holds them open is not waited for."""
        for pipe in self._pipes:
            for _ in range(16):
                with contextlib.suppress(BlockingIOError):
                    piece = os.read(pipe.fileno(), 1 << 16)
                    self._keep(piece, check=pipe is self._pipes[0])

    def _keep(self, piece: bytes, *, check: bool) -> None:
        self._size += len(piece)
        room = _HEAD - len(self._head)
        self._head += piece[:room] if room > 0 else b""
        if room < len(piece):
            self._tail = (self._tail + piece[max(room, 0) :])[-_TAIL:]
        if check and self._garbage is None and any(c < 32 and c not in _ALLOWED for c in piece[:4096]):
            self._garbage = piece[:40]

    @property
    def garbage(self) -> bytes | None:
        """The beginning of bytes on standard output that are no text at all."""
        return self._garbage

    def text(self, secrets: Sequence[str] = ()) -> str:
        """What was printed, the middle left out when there was too much."""
        left_out = self._size - len(self._head) - len(self._tail)
        middle = f"\n… {left_out} bytes left out …\n".encode() if left_out > 0 else b""
        return cleaned((self._head + middle + self._tail).decode("utf-8", "backslashreplace"), secrets)

    def close(self) -> None:
        """Stop reading."""
        with contextlib.suppress(OSError):
            os.write(self._wake_writer, b".")
        self._thread.join(timeout=5)
        for pipe in self._pipes:
            pipe.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)


def redact(text: str, secrets: Sequence[str]) -> str:
    """The text with every secret value blotted out."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= 4:
            text = text.replace(secret, "***")
    return text


def cleaned(text: str, secrets: Sequence[str]) -> str:
    """What a plugin says in its own words, without its secrets and without what looks secret or personal."""
    return redact_text(redact(text, secrets))
