"""The composition root: ``open_app`` assembles an installation; the methods of ``App`` are the verbs.

Every method returns the JSON document of its verb as plain values; doors only print them. Each
imports its own verb when called: ``hub status`` shall not wait for the clock, the mapping and the judge.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from hub.settings import Settings
from hub.verbs.installation import Installation

Document = dict[str, Any]
Now = Callable[[], int]


def open_app(
    settings: Settings, *, safe_mode: bool = False, env: Mapping[str, str] | None = None, upgrade: bool = True
) -> "App":
    """Assemble an installation; nothing is opened before a verb needs it.

    ``env`` is where secrets named by the configuration are looked up (default: nowhere).
    """
    return App(Installation(settings, dict(env or {}), safe_mode=safe_mode, upgrade=upgrade))


@dataclass
class App:
    """The Hub as its doors see it. A context manager: leaving it closes the store."""

    installation: Installation

    def __enter__(self) -> "App":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.installation.close()

    # the road of a record

    def sync(
        self,
        sources: Sequence[str] = (),
        *,
        now: Now,
        full: bool = False,
        since: str | None = None,
        until: str | None = None,
        dry_run: bool = False,
        limit: int | None = None,
        progress: Callable[[str, str, int], None] = lambda *_: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Document:
        from hub.verbs import syncing
        from hub.verbs.sync_options import SyncOptions

        options = SyncOptions(full=full, since=since, until=until, dry_run=dry_run, limit=limit)
        return syncing.sync(self.installation, sources, options, now, progress, stop)

    def audit(
        self,
        *,
        now: Now,
        all_: bool = False,
        as_of: str | None = None,
        known_at: str | None = None,
        calendar_known_at: str | None = None,
        source: str | None = None,
        rules: Path | None = None,
        items: Path | None = None,
        dry_run: bool = False,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Document:
        from hub.verbs import auditing

        options = auditing.AuditOptions(
            all_=all_,
            as_of=as_of,
            known_at=known_at,
            calendar_known_at=calendar_known_at,
            source=source,
            rules=rules,
            items=items,
            dry_run=dry_run,
        )
        return auditing.audit(self.installation, options, now, progress)

    # what is known

    def findings(
        self,
        *,
        source: str | None = None,
        department: str | None = None,
        monitor: str | None = None,
        severity: str | None = None,
        status: str | None = None,
        since: str | None = None,
    ) -> Document:
        from hub.store.listing import Filters
        from hub.verbs import listing

        asked = Filters(source, department, monitor, severity, status)
        return listing.findings(self.installation, asked, since)

    def explain(
        self, source: str, case_no: str, *, now: int, as_of: str | None = None, known_at: str | None = None
    ) -> Document:
        from hub.verbs import explaining

        return explaining.explain(self.installation, source, case_no, now=now, as_of=as_of, known_at=known_at)

    def case(self, source: str, case_no: str, *, history: bool = False) -> Document:
        from hub.verbs import explaining

        return explaining.case(self.installation, source, case_no, history=history)

    def status(self, now: int) -> Document:
        from hub.verbs import watching

        return watching.status(self.installation, now)

    def runs(self, source: str | None = None, limit: int = 50) -> Document:
        from hub.verbs import watching

        return watching.runs(self.installation, source, limit)

    def next_due(self) -> int | None:
        """When the next verdict could change by time alone; None when none can."""
        from hub.verbs import watching

        return watching.next_due(self.installation)

    def raise_alarm(self, kind: str, key: str, message: str, now: int) -> bool:
        """Raise or renew an alarm; True when it was not open before."""
        return self.installation.store.raise_alarm(kind, key, message, now)

    def clear_alarm(self, kind: str, key: str, now: int) -> bool:
        return self.installation.store.clear_alarm(kind, key, now)

    def silence_alarms(self, now: int) -> Document:
        """Raise or clear the alarm of each source silent beyond its promise; what is new."""
        from hub.verbs.silences import silence_alarms

        standing = self.installation.store.open_alarms()
        return {"alarms": silence_alarms(self.installation, now, standing)}

    # what people decide

    def card(self, action: str, finding_id: int, *, by: str, reason: str, now: int) -> Document:
        from hub.verbs import carding

        return carding.act(self.installation, action, finding_id, by=by, reason=reason, now=now)

    def quarantine_list(self, source: str | None = None) -> Document:
        from hub.verbs import quarantining

        return quarantining.list_(self.installation, source)

    def quarantine_show(self, quarantine_id: int) -> Document:
        from hub.verbs import quarantining

        return quarantining.show(self.installation, quarantine_id)

    def quarantine_retry(self, source: str | None = None, *, now: Now) -> Document:
        from hub.verbs import quarantining

        return quarantining.retry(self.installation, source, now)

    def quarantine_discard(self, quarantine_id: int, *, by: str, reason: str, now: int) -> Document:
        from hub.verbs import quarantining

        return quarantining.discard(self.installation, quarantine_id, by=by, reason=reason, now=now)

    # the calendar

    def calendar_show(self, year: int) -> Document:
        from hub.verbs import calendars

        return calendars.show(self.installation, year)

    def calendar_import(self, path: Path, *, now: int, dry_run: bool = False) -> Document:
        from hub.verbs import calendars

        return calendars.import_(self.installation, path, dry_run=dry_run, now=now)

    def calendar_check(self, *, now: int) -> Document:
        from hub.verbs import calendars

        return calendars.check(self.installation, now)

    def workdays_add(self, day: str, count: int, *, calendar_known_at: str | None = None) -> Document:
        from hub.verbs import calendars

        return calendars.workdays_add(self.installation, day, count, calendar_known_at)

    def workdays_between(self, a: str, b: str, *, calendar_known_at: str | None = None) -> Document:
        from hub.verbs import calendars

        return calendars.workdays_between(self.installation, a, b, calendar_known_at)

    # contributors and upkeep

    def plugin_list(self) -> Document:
        from hub.verbs import contributing

        return contributing.plugin_list(self.installation)

    def plugin_new(self, name: str, kind: str) -> Document:
        from hub.verbs import scaffolding

        return scaffolding.plugin_new(self.installation, name, kind)

    def plugin_test(self, name: str, *, now: int) -> Document:
        from hub.verbs import examining

        return examining.plugin_test(self.installation, name, now)

    def mapping_check(self, names: Sequence[str] = ()) -> Document:
        from hub.verbs import contributing

        return contributing.mapping_check(self.installation, names)

    def mapping_try(self, name: str, stream: str, raw_file: Path) -> Document:
        from hub.verbs import contributing

        return contributing.mapping_try(self.installation, name, stream, raw_file)

    def check(self, offline: bool = False, *, now: int) -> Document:
        from hub.verbs import checking

        return checking.check(self.installation, offline=offline, now=now)

    def db_upgrade(self) -> Document:
        from hub.verbs import upkeep

        return upkeep.upgrade(self.installation)

    def db_backup(self, path: Path) -> Document:
        from hub.verbs import upkeep

        return upkeep.backup(self.installation, path)

    def db_check(self) -> Document:
        from hub.verbs import upkeep

        return upkeep.check(self.installation)
