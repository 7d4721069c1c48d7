"""What the judge has before him: law, catalogue, calendar, office hours, and the instant of now."""

from pathlib import Path

from hub.audit.bench import Bench
from hub.audit.rulebook import Rulebook
from hub.clock.keeper import Timekeeper
from hub.verbs.installation import Installation


def bench_of(
    installation: Installation,
    *,
    now: int,
    as_of: str | None,
    known_at: str | None = None,
    calendar_known_at: str | None = None,
    rulebook: Rulebook | None = None,
    items: Path | None = None,
) -> Bench:
    """A bench at ``as_of`` as typed; without one at ``now``, absence judged only as far as known.

    ``known_at``, as typed too: reported items are those of then, as the cases' facts are. ``rulebook`` and
    ``items`` (a file): others in place of the installation's.
    """
    at = now if as_of is None else installation.instant(as_of, "--as-of")
    known = None if known_at is None else installation.instant(known_at, "--known-at")
    days = None
    if calendar_known_at is not None:
        days = installation.instant(calendar_known_at, "--calendar-known-at")
    mapped_by = {name: source.mapping for name, source in installation.settings.sources.items()}
    mappings = {name: installation.mapping(name) for name in dict.fromkeys(mapped_by.values())}
    rulebook = rulebook or installation.rulebook
    return Bench(  # catalogue and calendar also ask the store: after all that may be faulty has been read
        catalogue=installation.catalogue(known, items),
        rulebook=rulebook,
        keeper=Timekeeper(
            installation.book.as_known_at(days),
            installation.settings.zone,
            installation.settings.calendar.office_hours,
        ),
        clock=installation.settings.calendar.clock,
        as_of=at,
        watermark=as_of is None,
        now=now,
        supplies={name: mappings[mapping].supplied for name, mapping in mapped_by.items()},
        assumes={name: mappings[mapping].assumed for name, mapping in mapped_by.items()},
    ).settled()
