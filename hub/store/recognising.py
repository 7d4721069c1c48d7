"""Which records of a batch stand already, byte for byte, and need not be mapped again."""

from collections.abc import Sequence

import numpy as np

from hub.model.records import RawBatch
from hub.store import fingerprint_log
from hub.store.at_hand import AtHand
from hub.store.fingerprints import FingerprintSet
from hub.store.intake import Intake
from hub.store.run_place import RunPlace
from hub.store.standing import Lookup


class Recognising:
    """Knows the batches of one stream by their fingerprints; loads those that stand once that is worth it."""

    def __init__(self, place: RunPlace, intake: Intake, lookup: Lookup) -> None:
        self._place = place
        self._intake = intake
        self._lookup = lookup
        #: Beside them: how often something had been forgotten by then.
        self._unknowns: AtHand[RawBatch, tuple[list[int], int]] = AtHand()

    def ahead(self, batch: RawBatch) -> Sequence[int]:
        """Those of the fresh that can be told already, while an earlier batch is being stored.

        Nothing is loaded here but by the first batch: for each later one, what stands is only sure once the
        one before it is stored.
        """
        intake = self._intake
        first = not intake.received
        intake.digests(batch)  # which counts it as received: by that, loading is worth it or not
        if intake.known is None and not (first and self._load_known()):
            return () if intake.worth_loading() else range(len(batch.raws))
        assert intake.known is not None
        return self._unknown(batch, intake.known)

    def fresh(self, batch: RawBatch) -> list[int]:
        """The raw records to be mapped: those that are not, byte for byte, what stands already."""
        intake = self._intake
        intake.digests(batch)  # which counts it as received: by that, loading is worth it or not
        if not self._load_known():
            return list(range(len(batch.raws)))
        assert intake.known is not None
        return self._unknown(batch, intake.known)

    def load_values(self, compared: int, received: int) -> None:
        """Load the fingerprints of values where that is worth it (see ``Intake.worth_loading_values``)."""
        intake, place = self._intake, self._place
        if intake.values is None and intake.worth_loading_values(compared, received):
            values = fingerprint_log.standing_values(place.engine, intake.state.stream_id, place.mapping_id)
            intake.values = self._without_replaced(values, "value_fp")

    def let_go(self, batch: RawBatch) -> None:
        """The batch is stored."""
        self._unknowns.let_go(batch)

    def _unknown(self, batch: RawBatch, known: FingerprintSet) -> list[int]:
        """Which records of a batch are not known; looked for anew only if something was forgotten since."""
        forgotten = known.forgotten  # asked first: what is forgotten meanwhile is looked for once more
        pairs = self._intake.fingerprints(batch)
        told, then = self._unknowns.of(batch) or (None, 0)
        if told is None:
            unknown = ~known.contains(pairs)
        elif then < forgotten:
            unknown = known.forgot(pairs, since=then)
            unknown[told] = True
        else:
            return told
        return self._unknowns.note(batch, (np.flatnonzero(unknown).tolist(), forgotten))[0]

    def _load_known(self) -> bool:
        intake = self._intake
        if intake.known is None and intake.worth_loading():
            known = fingerprint_log.standing(
                self._place.engine, intake.state.stream_id, believed=intake.believed
            )
            intake.known = self._without_replaced(known, "raw_fp")
            if held := list(intake.held.keys):  # those of quarantined keys must be looked at again
                intake.known.discard(self._lookup.fingerprints(held)[0])
        return intake.known is not None

    def _without_replaced(self, found: FingerprintSet, column: str) -> FingerprintSet:
        """The same without what a dry run would have replaced."""
        found.discard(self._lookup.replaced(column))
        return found
