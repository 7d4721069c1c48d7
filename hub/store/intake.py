"""What a run knows of one stream while its batches come: fingerprints that stand, keys it has met."""

from collections.abc import Sequence

import numpy as np

from hub.model.arrow_column import ArrowColumn
from hub.model.records import RawBatch
from hub.store.at_hand import AtHand
from hub.store.fingerprints import FingerprintSet, Flags, Pairs, SeenKeys, column_of, digests, pairs_of
from hub.store.quarantine import Held, Rejected
from hub.store.runs import StreamState

#: Loading all fingerprints is worth it once a run has received this part of the stored rows, …
AMORTISED = 20
#: … or when there are only so many.
FEW_ROWS = 20_000


class Intake:
    """The memory of a run about one stream."""

    def __init__(
        self,
        state: StreamState,
        seed: Pairs,
        held: Held,
        *,
        tracked: bool,
        whole: bool = False,
        believed: bool = True,
    ) -> None:
        """``whole``: the run receives all the source has, as far as can be told beforehand. ``believed``:
        what is noted of the stream is what its rows say.
        """
        self.state = state
        self.held = held
        self.received = 0
        #: How many records were mapped and looked up by their key, only to be found as they stand.
        self.same = 0
        self.whole = whole
        self.believed = believed
        self.known: FingerprintSet | None = None
        self.values: FingerprintSet | None = None
        #: Keys met by this run, as long as it started on an empty stream.
        self.seen: SeenKeys | None = None if state.rows else SeenKeys()
        #: The kinds of those rows whose keys are also those of the raw records they came from.
        self.one_to_one: frozenset[str] = frozenset()
        #: Whether a key came to such a stream that had come before.
        self.repeats = False
        self.met: Meeting | None = Meeting() if tracked else None
        self._seed = seed
        self._digests: AtHand[RawBatch, Pairs] = AtHand()

    def digests(self, batch: RawBatch) -> Pairs:
        """The digests of a batch's raw records; made once a batch."""
        made = self._digests.of(batch)
        if made is None:
            made = self._digests.note(batch, digests(batch.raws))
            self.received += len(batch.raws)
        return made

    def let_go(self, batch: RawBatch) -> None:
        """The batch is stored."""
        self._digests.let_go(batch)

    def fingerprints(self, batch: RawBatch) -> Pairs:
        """The same under the mapping's version: what a row keeps as raw_fp."""
        mixed: Pairs = self.digests(batch) ^ self._seed
        return mixed

    def raw_fps(self, batch: RawBatch) -> ArrowColumn:
        return column_of(self.fingerprints(batch))

    def worth_loading(self) -> bool:
        if self.seen is not None and not self.repeats:
            return False  # nothing that comes stands yet
        rows = self.state.rows
        return bool(rows) and (self.whole or rows <= FEW_ROWS or self.received * AMORTISED >= rows)

    def worth_loading_values(self, compared: int, received: int) -> bool:
        """The same for the values, by how many records such a lookup was, or will be, in vain for.

        ``compared``: of so many received in a batch; where they are most of it, they came in other bytes.
        """
        rows, in_other_bytes = self.state.rows, 2 * compared > received
        expected = float(max(self.same, compared if in_other_bytes else 0))
        if self.whole:  # and what is to come is as what came
            expected *= max(rows - self.received, 0) / max(self.received, 1)
        return self.believed and self.known is not None and bool(rows) and expected * AMORTISED >= rows

    def hold(self, rejected: Sequence[Rejected], overtaken: set[bytes]) -> None:
        """These are quarantined now."""
        for one in rejected:
            if one.digest not in overtaken:
                self.held.digests.add(one.digest)
                if one.rejection.key:
                    self.held.keys.add(one.rejection.key)

    def forget(self, raw_fps: Sequence[bytes], value_fps: Sequence[bytes]) -> None:
        """Versions of these no longer stand: what would match them must be looked at again."""
        if self.known is not None:
            self.known.discard(raw_fps)
        if self.values is not None:
            self.values.discard(value_fps)


def met_keys(plan_keys: Sequence[str], rejected: Sequence[Rejected]) -> list[str]:
    """The raw identities a batch named."""
    return [*plan_keys, *(r.rejection.key for r in rejected if r.rejection.key)]


class Meeting:
    """Which records a run has met, to tell what a complete snapshot no longer holds."""

    def __init__(self) -> None:
        self._pairs: list[Pairs] = []
        self._keys = SeenKeys()
        self.unreadable = 0

    def note(self, pairs: Pairs, keys: Sequence[str]) -> None:
        self._pairs.append(pairs)
        if keys:
            self._keys.add(SeenKeys.hashes("", keys))

    def missing(self, piece: Sequence[tuple[str, str | None, bytes]], met: FingerprintSet) -> list[str]:
        """The keys of those rows of a piece that no record met stands for."""
        by_bytes: Flags = met.contains(pairs_of(b"".join([row[2] for row in piece])))
        rest = [piece[i] for i in np.flatnonzero(~by_bytes).tolist()]
        return [key for key, raw_key, _ in rest if not self._keys.has(raw_key or key)]

    def met(self) -> FingerprintSet:
        return FingerprintSet(pairs.tobytes() for pairs in self._pairs)
