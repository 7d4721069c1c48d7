"""One installation, assembled on demand from its hub.toml: each part is made once, when first asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hub.errors import Complaint, ConfigError
from hub.model.instants import isoformat, parse_iso
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.audit.catalogue import Catalogue
    from hub.audit.rulebook import Rulebook
    from hub.audit.rules import Rule
    from hub.clock.book import CalendarBook
    from hub.mapping.mapping import Mapping
    from hub.roles import Plugin
    from hub.store.store import Store


@dataclass
class Installation:
    """The parts behind the verbs. ``env`` is where secrets named by configuration are looked up.

    In safe mode no plugin folder and no entry point is read: only the built-in kinds exist. A part
    is imported when it is made: a verb that asks for the store alone does not wait for the rest.
    """

    settings: Settings
    env: dict[str, str] = field(repr=False)
    safe_mode: bool = False
    upgrade: bool = True

    @cached_property
    def store(self) -> "Store":
        """The store, upgraded to the current schema unless told not to (StoreError)."""
        from hub.store.store import open_store

        return open_store(self.settings.store_url, upgrade=self.upgrade)

    @cached_property
    def plugins(self) -> "dict[str, Plugin]":
        from hub.plugins.manifests import discover

        folder = None if self.safe_mode else self.settings.plugin_folder
        return discover(folder, self.settings.plugin_block, entry_points=not self.safe_mode)

    def catalogue(self, known_at: int | None = None, items: Path | None = None) -> "Catalogue":
        """The city's catalogue, and what its sources report (had reported by then) of items it lacks.

        ``items.csv`` is always today's: the Hub keeps no history of a file that people write. ``items``:
        another file in its place.
        """
        from hub.audit.catalogue import load_catalogue
        from hub.audit.items import reported_item
        from hub.store.reported_items import reported_items

        # Before the store is asked: a fault in the file makes none.
        listed = self.listed_items if items is None else load_catalogue(items)
        told = reported_items(self.store, self.settings.zone, known_at)
        return listed.with_reported(map(reported_item, told))

    @cached_property
    def listed_items(self) -> "Catalogue":
        """mappings/items.csv; a city without one lists nothing, and M21 says so per case."""
        from hub.audit.catalogue import Catalogue, load_catalogue

        return load_catalogue(self._item_list) if self.lists_items else Catalogue()

    @property
    def lists_items(self) -> bool:
        """Whether there is such a list; told without loading what reads it."""
        return self._item_list.is_file()

    @property
    def _item_list(self) -> Path:
        return self.settings.mappings / "items.csv"

    @cached_property
    def rulebook(self) -> "Rulebook":
        """mappings/rules.toml; without one the defaults of the law."""
        from hub.audit.rulebook import default_rulebook

        path = self.settings.mappings / "rules.toml"
        return self.rulebook_of(path) if path.is_file() else default_rulebook(self.declared)

    def rulebook_of(self, path: Path) -> "Rulebook":
        """A rulebook by these plugins; in safe mode what it says of their monitors is passed over."""
        from hub.audit.rulebook import load_rulebook

        return load_rulebook(path, self.settings.zone, self.declared, others=self.safe_mode)

    @cached_property
    def declared(self) -> "dict[str, Rule]":
        """The rules of plugins' monitors as their manifests declare them."""
        from hub.verbs.monitors import declared_rules

        return declared_rules(self.plugins, self.settings.zone)

    @cached_property
    def book(self) -> "CalendarBook":
        """Every version of the calendar: the base, local overlays, and notices imported since."""
        from hub.clock.book import load_book
        from hub.store.calendars import imported_notices

        calendar = self.settings.calendar
        return load_book(
            calendar.base,
            zone=self.settings.zone,
            overlays=calendar.overlays,
            imported=imported_notices(self.store),
        )

    def mapping_names(self) -> list[str]:
        """The mappings of the installation: not examples, not rules."""
        found = sorted(path.stem for path in self.settings.mappings.glob("*.toml"))
        return [stem for stem in found if stem != "rules" and not stem.endswith(".examples")]

    def mapping(self, name: str) -> "Mapping":
        from hub.mapping.mapping import load_mapping

        path = self.settings.mappings / f"{name}.toml"
        if not path.is_file():
            known = ", ".join(self.mapping_names()) or "none"
            raise ConfigError(f"there is no mapping {name!r} at {path}", remedy=f"mappings there: {known}")
        return load_mapping(path, codes_dir=self.settings.mappings / "codes", zone=self.settings.zone)

    def sources_named(self, names: Sequence[str]) -> list[str]:
        """These sources, each once, all when none is named; ConfigError telling which do not exist."""
        sources = self.settings.sources
        unknown = [name for name in names if name not in sources]
        if unknown:
            raise ConfigError(
                f"no such source: {', '.join(unknown)}",
                remedy=f"sources in {self.settings.file.name}: {', '.join(sources) or 'none'}",
            )
        return list(dict.fromkeys(names)) or list(sources)

    def instant(self, text: str, option: str) -> int:
        """An instant typed by a person: ISO 8601, the city's wall clock unless it says otherwise."""
        try:
            return parse_iso(text, self.settings.zone)
        except ValueError as error:
            found = Complaint(option, None, option, f"found {text!r}", "write e.g. 2012-09-24T15:00:00+08:00")
            raise ConfigError(f"{option} is not an instant", [found]) from error

    def iso(self, instant: int | None) -> str | None:
        """ISO 8601 in the city's zone; a bare date where only the date is known."""
        return None if instant is None else isoformat(instant, self.settings.zone)

    def has_store(self) -> bool:
        """Whether a store may stand there already: a SQLite file that is not there yet is none."""
        scheme, _, path = self.settings.store_url.partition("sqlite:///")
        return bool(scheme) or Path(path).exists()

    def close(self) -> None:
        if "store" in self.__dict__:
            self.store.close()
