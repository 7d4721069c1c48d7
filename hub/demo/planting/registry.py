"""Every planter of the city, interleaved so that a small city has some of each family."""

from itertools import chain, zip_longest

from hub.demo.planting import answers, deadlines, handling, reporting, suspicion, together
from hub.demo.planting.plot import Planter


def _interleaved(*families: tuple[Planter, ...]) -> tuple[Planter, ...]:
    rounds = zip_longest(*families)
    return tuple(planter for planter in chain.from_iterable(rounds) if planter is not None)


PLANTERS = _interleaved(
    deadlines.PLANTERS,
    answers.PLANTERS,
    handling.PLANTERS,
    together.PLANTERS,
    suspicion.PLANTERS,
    reporting.PLANTERS,
)
LOOKALIKES = _interleaved(
    handling.LOOKALIKES,
    answers.LOOKALIKES,
    together.LOOKALIKES,
    suspicion.LOOKALIKES,
    reporting.LOOKALIKES,
)
