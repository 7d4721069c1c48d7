"""hub check: everything that is wrong with an installation, at once."""

from collections.abc import Callable
from typing import Any

from hub.clock.checks import notice_missing
from hub.errors import ConfigError, HubError, SourceError
from hub.pipeline.orders import SourcePlan
from hub.runner.pull import Pull, PullOrder
from hub.verbs.contributing import mapping_check
from hub.verbs.installation import Installation
from hub.verbs.plans import plans_for

Problem = dict[str, Any]


def check(installation: Installation, *, offline: bool, now: int) -> dict[str, Any]:
    """Configuration, plugins, mappings, catalogue, rules, calendar, store, and each source.

    ``area`` of a problem: config, calendar, store or source.
    """
    problems = [_told("config", c.as_document()) for c in installation.settings.complaints]
    for plugin in installation.plugins.values():
        problems += [_told("config", c.as_document()) for c in plugin.complaints]
    problems += [_told("config", p) for p in mapping_check(installation)["problems"]]
    problems += _tried("config", lambda: installation.listed_items)
    problems += _tried("config", lambda: installation.rulebook)
    plans: list[SourcePlan] = []
    for name in installation.settings.sources:
        problems += _tried("config", lambda name=name: plans.extend(plans_for(installation, [name])))  # type: ignore[misc]
    if not problems or installation.has_store():  # a faulty configuration makes no store
        problems += _tried("store", lambda: installation.store)
        problems += _calendar(installation, now)
    if not offline:
        for plan in plans:
            problems += _source(plan, now)
    unique = list({repr(problem): problem for problem in problems}.values())
    return {"checked": list(installation.settings.sources), "offline": offline, "problems": unique}


def _told(area: str, problem: Problem) -> Problem:
    return {"area": area, **problem}


def _tried(area: str, part: Callable[[], Any]) -> list[Problem]:
    """What stands in the way of a part being made."""
    try:
        part()
    except ConfigError as error:
        told = [c.as_document() for c in error.complaints]
        return [_told(area, p) for p in told or [{"found": error.message, "remedy": error.remedy}]]
    except HubError as error:
        return [_told(error.kind, {"found": error.message, "remedy": error.remedy})]
    return []


def _calendar(installation: Installation, now: int) -> list[Problem]:
    faults = _tried("config", lambda: installation.book)
    if faults:
        return faults
    missing = notice_missing(installation.book.as_known_at(), now, installation.settings.zone)
    if missing is None:
        return []
    return [
        {
            "area": "calendar",
            "key": missing.kind,
            "found": ", ".join(f"{name}={value}" for name, value in missing.params.items()),
            "remedy": "import the notice: hub calendar import FILE",
        }
    ]


def _source(plan: SourcePlan, now: int) -> list[Problem]:
    order = PullOrder(
        source=plan.name,
        plugin=plan.plugin,
        config=plan.config,
        streams={},
        action="check",
        deadline_s=min(plan.deadline_s, 60.0),
        timezone=plan.timezone,
        started_at=now,
        base_dir=plan.base_dir,
        hosts=plan.hosts,
    )
    try:
        with Pull(order) as pull:
            for _ in pull:
                pass
    except (SourceError, ConfigError) as error:
        return [{"area": "source", "source": plan.name, "found": error.message, "remedy": error.remedy}]
    return []
