"""``hub demo``: fill a city, pull it, judge it, and compare what was found with what was planted."""

import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from hub.app import App, open_app
from hub.demo.catalogue import read_items
from hub.demo.city import City
from hub.demo.days import CITY_ZONE, DAY, stamp, wall
from hub.demo.plan import DemoPlan
from hub.demo.score import departments, patterns, score
from hub.demo.serving import PORTS, emptied, install, mark, repository, serving
from hub.model import instants
from hub.settings import load_settings

Progress = Callable[[str, str, int], None]


def run_demo(plan: DemoPlan, progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Run the whole demo; ``exit_code`` is 1 when anything was missed, invented or failed."""
    with ExitStack() as stack:
        if plan.folder:
            folder = emptied(plan.folder)
        elif plan.keep:
            folder = Path(tempfile.mkdtemp(prefix="hub-demo-"))
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-demo-")))
        city = build_city(folder / "var/demo", plan)
        stack.callback(city.close)
        ports = stack.enter_context(serving(city))
        config = install(folder, ports, plan)
        app = stack.enter_context(open_app(load_settings(config), env=os.environ))
        result = _judge(app, city, plan, progress)
    result["folder"] = str(folder) if plan.keep or plan.folder else None
    if result["folder"]:
        install(folder, PORTS, plan)  # where `hub demo --serve --dir` will be found
    return result


def build_city(folder: Path, plan: DemoPlan) -> City:
    """A filled city under ``folder``."""
    items = read_items(repository() / "mappings/items.csv")
    city = City(
        folder,
        items,
        cases=plan.cases,
        seed=plan.seed,
        now=wall(plan.now),
        exchange_url=plan.exchange_url,
    )
    mark(folder)
    city.fill()
    return city


def serve_demo(plan: DemoPlan, wait: Callable[[], None]) -> None:
    """Fill a city as of this very day and serve it where hub.toml expects it until ``wait`` returns.

    It is the city of the repository's own hub.toml, or of an installation written into the plan's folder.
    """
    plan = replace(plan, now=datetime.now(CITY_ZONE).replace(microsecond=0))
    folder = emptied(plan.folder) if plan.folder else repository()
    if plan.folder:
        install(folder, PORTS, plan)
    city = build_city(folder / "var/demo", plan)
    for _ in city.moments[1:]:
        city.advance()
    city.close()
    with serving(city, PORTS):
        wait()


def _judge(app: App, city: City, plan: DemoPlan, progress: Progress) -> dict[str, Any]:
    """Sync and audit at each of the city's moments, cards answered in between; compare."""
    runs, audits = [], []
    for index, moment in enumerate(city.moments):
        if index:
            city.advance()
        now = partial(_instant, moment)
        runs += app.sync(now=now, progress=progress)["runs"]
        audits.append(app.audit(now=now))
        if not index:
            _answer(app, city, _instant(moment + DAY))
    marks = score(city.truth, app.findings()["findings"])
    titles = {plugin["name"]: plugin["title"] for plugin in app.plugin_list()["plugins"]}
    rows = departments(city.truth, runs, app.quarantine_list()["quarantined"], titles, marks)
    failures = [{"source": run["source"], **run["error"]} for run in runs if run["error"]]
    exact = not marks.missed and not marks.false and all(row["bad"] == row["quarantined"] for row in rows)
    return {
        "now": plan.now.isoformat(),
        "cases": plan.cases,
        "seed": plan.seed,
        "departments": rows,
        "monitors": marks.monitors(),
        "patterns": patterns(city.truth, marks),
        "missed": sorted(marks.missed),
        "false": sorted(marks.false),
        "runs": runs,
        "audits": audits,
        "failures": failures,
        "exit_code": 0 if exact and not failures else 1,
    }


def _answer(app: App, city: City, now: int) -> None:
    """Departments answer the yellow cards of the first moment, but for those they leave lying."""
    for card in app.findings(severity="yellow", status="issued")["findings"]:
        if card["case_no"] and city.answers(card["case_no"]):
            app.card("answer", card["finding_id"], by=card["department"] or "?", reason="已整改", now=now)


def _instant(second: int) -> int:
    """A moment of the city's wall clock as the Hub encodes it."""
    return instants.parse_iso(stamp(second) or "", CITY_ZONE)
