"""What no single case shows: one application told by two sources, and a source that fell silent."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.model.instants import at

ZONE = ZoneInfo("Asia/Shanghai")
CASE = {"no": "K1", "item": "A1", "received": "2012-10-22 09:00:00", "accepted": "2012-10-22 10:00:00"}


@pytest.fixture
def two_sources(installation: Any) -> Any:
    text = (installation.folder / "hub.toml").read_text("utf-8")
    _, _, permits = text.partition("[source.permits]")
    second = "[source.hall]" + permits.replace("source.permits", "source.hall").replace("cases*", "hall*")
    (installation.folder / "hub.toml").write_text(text + second, "utf-8")
    installation.mapping(
        (installation.folder / "mappings" / "permits.toml").read_text("utf-8") + 'applicant_id = "id"\n'
    )
    return installation


def _audit(installation: Any, **options: Any) -> set[tuple[str, str]]:
    with installation.app() as app:
        app.sync([], now=installation.now)
        app.audit(now=installation.now, **options)
        return {(f["source"], f["case_no"]) for f in app.findings(monitor="M22")["findings"]}


def test_one_application_in_two_sources_is_linked_on_the_later_case(two_sources: Any) -> None:
    person = {"id": "410305198001010011"}
    two_sources.drop("cases1.csv", [{**CASE, **person}, {**CASE, "no": "K2", "id": "other"}])
    two_sources.drop("hall1.csv", [{**CASE, **person, "no": "H1", "received": "2012-10-22 15:00:00"}])
    assert _audit(two_sources) == {("hall", "H1")}
    assert _audit(two_sources) == {("hall", "H1")}


def test_a_usually_active_source_that_sends_nothing_is_silent(installation: Any) -> None:
    days = [datetime(2012, 8, 27, 9, tzinfo=ZONE) + timedelta(days=n) for n in range(36)]
    rows = [
        {
            **CASE,
            "no": f"K{n}-{m}",
            "received": f"{day:%Y-%m-%d} 09:0{m}:00",
            "closed": f"{day:%Y-%m-%d} 17:00:00",
        }
        for n, day in enumerate(days)
        for m in range(3)
    ]
    installation.drop("cases1.csv", [{**row, "accepted": row["received"]} for row in rows])
    installation.time = at(datetime(2012, 10, 8, 9, tzinfo=ZONE))
    assert _silent(installation) == set()
    installation.time = at(datetime(2012, 10, 19, 9, tzinfo=ZONE))
    assert _silent(installation) == {("source", "permits")}


def test_a_silent_item_is_told_once_and_not_beside_its_silent_department(installation: Any) -> None:
    mapping = installation.folder / "mappings" / "permits.toml"
    installation.mapping(mapping.read_text("utf-8") + 'department = "dep"\n')
    last = {"A1": "2012-10-31", "A2": "2012-09-20", "B1": "2012-09-20", "B2": "2012-09-20"}
    days = [datetime(2012, 8, 13, 9, tzinfo=ZONE) + timedelta(days=n) for n in range(44)]
    rows = [
        {
            **CASE,
            "no": f"{item}-{day:%m%d}-{m}",
            "item": item,
            "dep": "住建委" if item < "B" else "工商局",
            "received": f"{day:%Y-%m-%d} 09:0{m}:00",
            "closed": f"{day:%Y-%m-%d} 17:00:00",
        }
        for item in last
        for day in days
        for m in range(2)
        if f"{day:%Y-%m-%d}" <= last[item]
    ]
    installation.drop("cases1.csv", [{**row, "accepted": row["received"]} for row in rows])
    installation.time = at(datetime(2012, 9, 26, 9, tzinfo=ZONE))
    assert _silent(installation) == {("department", "permits"), ("item", "permits")}
    with installation.app() as app:
        found = app.findings(monitor="M20")["findings"]
    assert {(f["subject_key"], f["department"], f["item_code"]) for f in found} == {
        ("工商局", "工商局", None), ("A2", None, "A2")
    }  # fmt: skip


def test_a_sync_that_is_overdue_is_told_by_the_next_audit_of_the_same_day(installation: Any) -> None:
    file = installation.folder / "hub.toml"
    file.write_text(
        file.read_text("utf-8").replace(
            "[source.permits.config]", 'expect_every = "1h"\n[source.permits.config]'
        )
    )
    installation.drop("cases1.csv", [CASE])
    assert _silent(installation) == set()
    installation.time += 3_601 * 2_000_000
    with installation.app() as app:
        assert app.audit(now=installation.now)["by_monitor"] == {"M20": 1}
        assert app.findings(monitor="M20")["findings"][0]["reason"] == "sync_overdue"


@pytest.fixture
def hourly(installation: Any) -> Any:
    """The source promises to be heard every hour."""
    file, table = installation.folder / "hub.toml", "[source.permits.config]"
    file.write_text(file.read_text("utf-8").replace(table, f'expect_every = "1h"\n{table}'))
    return installation


def test_an_overdue_source_is_an_alarm_of_the_status_until_it_is_heard_again(hourly: Any) -> None:
    hourly.drop("cases1.csv", [CASE])
    assert _silent(hourly) == set()
    hourly.time += 3_601 * 2_000_000
    with hourly.app() as app:
        assert [a["kind"] for a in app.audit(now=hourly.now)["alarms"]] == ["silence"]
        assert app.audit(now=hourly.now)["alarms"] == []
        (source,) = app.status(hourly.now())["sources"]
        assert [(a["kind"], a["key"]) for a in source["alarms"]] == [("silence", "permits")]
        app.sync([], now=hourly.now)
        assert app.status(hourly.now())["alarms"] == []


def test_the_watch_between_audits_tells_silence_and_its_end_as_an_audit_does(hourly: Any) -> None:
    hourly.drop("cases1.csv", [CASE])
    assert _silent(hourly) == set()
    hourly.time += 3_601 * 2_000_000
    with hourly.app() as app:
        (new,) = app.silence_alarms(hourly.now())["alarms"]
        assert (new["kind"], new["key"]) == ("silence", "permits")
        assert app.silence_alarms(hourly.now())["alarms"] == []
        assert app.audit(now=hourly.now)["alarms"] == []
        assert app.status(hourly.now())["alarms"][0]["message"] == new["message"]
        hourly.time -= 3_601 * 2_000_000
        app.silence_alarms(hourly.now())
        assert app.status(hourly.now())["alarms"] == []


def test_a_source_that_never_succeeded_is_silent_since_its_first_run(hourly: Any) -> None:
    (hourly.folder / "inbox" / "cases1.xlsx").write_bytes(b"PK no workbook")
    with hourly.app() as app:
        assert app.sync([], now=hourly.now)["runs"][0]["status"] == "failed"
        assert app.audit(now=hourly.now)["alarms"] == []
        hourly.time += 3_601 * 2_000_000
        assert [a["kind"] for a in app.audit(now=hourly.now)["alarms"]] == ["silence"]


def _silent(installation: Any) -> set[tuple[str, str]]:
    with installation.app() as app:
        app.sync([], now=installation.now)
        app.audit(now=installation.now)
        found = app.findings(monitor="M20")["findings"]
        return {(f["subject_kind"], f["source"]) for f in found}


def test_what_other_rules_would_remove_is_told_of_the_source_asked_for_only(two_sources: Any) -> None:
    late = {**CASE, "received": "2012-09-03 09:00:00", "accepted": "2012-09-03 10:00:00"}
    two_sources.drop("cases1.csv", [late])
    two_sources.drop("hall1.csv", [{**late, "no": "H1"}])
    _audit(two_sources)
    rules = two_sources.folder / "mappings" / "rules.toml"
    with two_sources.app() as app:
        cards = {(f["source"], f["monitor"]) for f in app.findings()["findings"]}
        document = app.audit(rules=rules, source="hall", now=two_sources.now)
    assert {source for source, _ in cards} >= {"permits", "hall"}
    assert (document["adds"], document["removes"]) == ([], [])
