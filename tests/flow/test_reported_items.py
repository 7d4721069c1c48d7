"""Items that a department's own source reports judge its cases, where the city's catalogue is silent."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub.model.instants import isoformat

from .conftest import ZONE

CASE = {"no": "K1", "item": "B1", "received": "2012-09-24 09:00:00", "accepted": "2012-09-24 10:00:00"}
ITEM = {"code": "B1", "from": "2010-01-01", "limit": "10", "promise": "3", "kinds": "publicity;suspended"}
MAPPING = """
[streams.cases]
record = "case"
[streams.cases.fields]
case_no = "no"
item_code = "item"
received_at = "received"
accepted_at = "accepted"
closed_at = "closed"
[streams.items]
record = "item"
[streams.items.fields]
item_code = "code"
effective_from = "from"
effective_to = "until"
statutory_limit = "limit"
statutory_unit = { const = "working_day" }
promised_limit = "promise"
promised_unit = { const = "working_day" }
pause_kinds = "kinds"
"""


@pytest.fixture
def reporting(installation: Any) -> Any:
    """The installation with a second stream, of items."""
    installation.mapping(MAPPING)
    file: Path = installation.folder / "hub.toml"
    streams = 'cases = { pattern = "cases*" }\nitems = { pattern = "items*" }'
    file.write_text(file.read_text("utf-8").replace('cases = { pattern = "cases*" }', streams), "utf-8")
    return installation


def limits(installation: Any, case_no: str = "K1") -> dict[str, Any]:
    with installation.app() as app:
        told = app.explain("permits", case_no, now=installation.now())["limits"]
    return {line["monitor"]: line for line in told if line["judges"]}


def test_an_item_reported_by_a_source_gives_its_cases_their_limits(reporting: Any) -> None:
    reporting.drop("items1.csv", [ITEM])
    reporting.drop("cases1.csv", [CASE])
    reporting.sync()
    told = limits(reporting)
    assert (told["M04"]["limit"], told["M04"]["due_at"]) == (3, "2012-09-27T23:59:59+08:00")
    assert (told["M05"]["limit"], told["M05"]["due_at"]) == (10, "2012-10-12T23:59:59+08:00")
    assert (told["M05"]["item_version"], told["M05"]["item_told_by"]) == ("2010-01-01", "permits")


def test_a_department_lengthens_no_limit_of_the_citys_catalogue(reporting: Any) -> None:
    reporting.drop("items1.csv", [{**ITEM, "code": "A1", "limit": "90", "from": "2011-01-01"}])
    reporting.drop("cases1.csv", [{**CASE, "item": "A1"}])
    reporting.sync()
    told = limits(reporting)
    assert (told["M05"]["limit"], told["M05"]["item_told_by"]) == (20, "items.csv")


def test_a_changed_item_has_exactly_its_cases_judged_again(reporting: Any) -> None:
    reporting.drop("items1.csv", [ITEM, {**ITEM, "code": "B2"}])
    reporting.drop("cases1.csv", [CASE, {**CASE, "no": "K2", "item": "B2"}])
    reporting.sync()
    with reporting.app() as app:
        assert app.audit(now=reporting.now)["judged"] == 2
    reporting.time += 7_200_000_000
    reporting.drop("items2.csv", [{**ITEM, "limit": "40", "promise": "40"}])
    reporting.sync()
    with reporting.app() as app:
        document = app.audit(now=reporting.now)
    assert document["changes"]["catalogue"] == {"items": 1, "cases": 1}
    assert limits(reporting)["M05"]["verdict"] == "none"


def audited(installation: Any, **options: Any) -> dict[str, Any]:
    with installation.app() as app:
        document: dict[str, Any] = app.audit(now=installation.now, **options)
    return document


def test_what_was_known_then_includes_what_sources_had_said_of_items(reporting: Any) -> None:
    """First no item, then a short limit, then a long one: each verdict comes back."""
    known = []
    reporting.drop("cases1.csv", [CASE])
    for items in ([], [ITEM], [{**ITEM, "limit": "40", "promise": "40"}]):
        if items:
            reporting.drop(f"items{len(known)}.csv", items)
        reporting.sync()
        known.append(isoformat(reporting.time, ZONE))
        reporting.time += 7_200_000_000
    told = []
    with reporting.app() as app:
        for instant in known:
            lines = app.explain("permits", "K1", now=reporting.now(), known_at=instant)["limits"]
            told += [
                (line["limit"], line["verdict"])
                for line in lines
                if (line["judges"], line["monitor"]) == (True, "M05")
            ]
    assert told == [(None, "undecided"), (10, "red"), (40, "none")]
    found = [audited(reporting, all_=True, known_at=instant) for instant in known]
    assert [sorted(f["monitor"] for f in document["findings"]) for document in found] == [
        ["M21"],
        ["M04", "M05"],
        [],
    ]


def test_a_withdrawn_item_is_in_force_no_more_but_was_known_then(reporting: Any) -> None:
    """Its cases are judged again, undecided, and M21 says so."""
    file: Path = reporting.folder / "hub.toml"
    snapshot = 'pattern = "items*", delivery = "snapshot"'
    file.write_text(file.read_text("utf-8").replace('pattern = "items*"', snapshot), "utf-8")
    others = [{**ITEM, "code": f"C{number}"} for number in range(30)]
    reporting.drop("items.csv", [ITEM, *others])
    reporting.drop("cases1.csv", [CASE, {**CASE, "no": "K2", "item": "C1"}])
    reporting.sync()
    assert audited(reporting)["by_monitor"] == {"M04": 2, "M05": 2}
    before = isoformat(reporting.time, ZONE)
    reporting.time += 7_200_000_000
    reporting.drop("items.csv", others)
    reporting.sync()
    document = audited(reporting)
    assert document["changes"]["catalogue"] == {"items": 1, "cases": 1}
    assert (document["undecided_why"], document["by_monitor"]) == ({"no_item_version": 1}, {"M21": 1})
    known = audited(reporting, all_=True, known_at=before)
    assert sorted(f["monitor"] for f in known["findings"]) == ["M04", "M04", "M05", "M05"]


FLAGGED = """
delivery = "flagged"
flag = "flag"
flag_new = "0"
ack = { taken = "1", unknown = "2", rejected = "3" }
"""


def test_a_case_of_an_item_reported_in_the_same_run_is_not_answered_as_of_an_unknown_one(
    reporting: Any,
) -> None:
    """Nor is the item itself, whose row the city's own catalogue does not name."""
    with closing(sqlite3.connect(reporting.folder / "exchange.db")) as database, database:
        database.execute('CREATE TABLE items (code, "from", "limit", promise, kinds, "until", flag)')
        database.execute("CREATE TABLE cases (no, item, received, accepted, closed, flag)")
        database.execute("INSERT INTO items VALUES ('B1', '2010-01-01', '10', '3', NULL, NULL, '0')")
        row = "(?, ?, '2012-09-24 09:00:00', '2012-09-24 10:00:00', NULL, '0')"
        cases = [("K1", "B1"), ("K2", "C1"), ("K3", "A1")]
        database.executemany(f"INSERT INTO cases VALUES {row}", cases)
    of_cases, _, of_items = MAPPING.partition("[streams.items]")
    reporting.mapping(f"[streams.items]{of_items}{of_cases}")
    before, _, _ = (reporting.folder / "hub.toml").read_text("utf-8").partition("[source.permits]")
    streams = f'items]\nkey = ["code"]{FLAGGED}', f'cases]\nkey = ["no"]{FLAGGED}'
    source = '[source.permits]\nplugin = "table"\nmapping = "permits"\n'
    source += '[source.permits.config]\nurl = "sqlite:///exchange.db"\n'
    source += "".join(f"[source.permits.config.streams.{stream}" for stream in streams)
    (reporting.folder / "hub.toml").write_text(before + source, "utf-8")
    assert reporting.sync()["status"] == "ok"
    with closing(sqlite3.connect(reporting.folder / "exchange.db")) as database:
        assert database.execute("SELECT flag FROM items").fetchall() == [("1",)]
        flags = database.execute("SELECT no, flag FROM cases ORDER BY no").fetchall()
    assert flags == [("K1", "1"), ("K2", "2"), ("K3", "1")]
