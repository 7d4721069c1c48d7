"""A change of catalogue, rules or calendar re-judges whom it touches, and says how many that were."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, select

from hub.model.instants import at
from hub.store.engine import writing
from hub.store.schema import dossiers

SHANGHAI = ZoneInfo("Asia/Shanghai")
CASE = {"no": "K1", "item": "A1", "received": "2012-09-03 09:00:00", "accepted": "2012-09-03 10:00:00"}


def _audit(installation: Any, **options: Any) -> dict[str, Any]:
    with installation.app() as app:
        return app.audit(now=installation.now, **options)


def _monitors(installation: Any) -> set[tuple[str, str]]:
    with installation.app() as app:
        return {(f["case_no"], f["monitor"]) for f in app.findings()["findings"]}


def test_an_audit_takes_what_changed_or_came_due_and_nothing_else(installation: Any) -> None:
    installation.time = at(datetime(2012, 9, 20, 18, tzinfo=SHANGHAI))
    installation.drop("cases1.csv", [CASE, {**CASE, "no": "K2", "closed": "2012-09-05 10:00:00"}])
    installation.sync()
    first = _audit(installation)
    assert (first["written"], first["judged"]) == (True, 2)
    assert _monitors(installation) == {("K1", "M03"), ("K1", "M04")}
    assert _audit(installation)["judged"] == 0
    installation.time = at(datetime(2012, 11, 30, 10, tzinfo=SHANGHAI))
    installation.sync()
    later = _audit(installation)
    assert later["judged"] == 1
    assert ("K1", "M05") in _monitors(installation)


def test_a_case_whose_rows_have_not_come_is_undecided_and_judged_once_they_have(installation: Any) -> None:
    """As when a batch failed after its dossiers were there (decision 18)."""
    installation.time = at(datetime(2012, 9, 20, 18, tzinfo=SHANGHAI))
    installation.drop("cases1.csv", [CASE])
    installation.sync()
    with installation.app() as app, writing(app.installation.store.engine, "a dossier alone") as connection:
        source_id = connection.scalar(select(dossiers.c.source_id))
        connection.execute(dossiers.insert().values(source_id=source_id, case_no="K2"))
    everything = _audit(installation, all_=True)
    assert (everything["judged"], everything["undecided_why"]) == (2, {"no_case_record": 1})
    installation.drop("cases2.csv", [{**CASE, "no": "K2"}])
    installation.sync()
    assert _audit(installation)["undecided"] == 0
    assert _monitors(installation) == {(no, monitor) for no in ("K1", "K2") for monitor in ("M03", "M04")}


def test_a_shorter_promise_re_judges_the_cases_of_that_item(installation: Any) -> None:
    installation.drop("cases1.csv", [{**CASE, "closed": "2012-09-07 10:00:00"}])
    installation.sync()
    _audit(installation)
    assert _monitors(installation) == set()
    items = installation.folder / "mappings" / "items.csv"
    items.write_text(items.read_text("utf-8").replace(",7,working_day,", ",2,working_day,"), "utf-8")
    changed = _audit(installation)
    assert changed["changes"] == {"catalogue": {"items": 1, "cases": 1}}
    assert _monitors(installation) == {("K1", "M04")}


def test_a_card_says_what_the_facts_say_now_when_only_its_ground_has_changed(installation: Any) -> None:
    """Whoever contests a card must not read a fault that was mended beside one that was not."""
    items = installation.folder / "mappings" / "items.csv"
    listed = items.read_text("utf-8")
    items.write_text(listed.replace("publicity,,", "publicity,0,"), "utf-8")
    installation.drop("cases1.csv", [{**CASE, "closed": "2012-09-07 10:00:00", "fee": "10"}])
    installation.sync()

    def grounds() -> list[tuple[str, str]]:
        _audit(installation)
        with installation.app() as app:
            return [(f["monitor"], f["reason"]) for f in app.findings()["findings"]]

    assert grounds() == [("M23", "fee_not_due")]
    items.write_text(listed.replace("publicity,,", "publicity,5,"), "utf-8")
    assert grounds() == [("M23", "fee_not_standard")]
    assert _audit(installation, all_=True)["unchanged"] == 1


def _closed_in_time(installation: Any) -> tuple[Path, str]:
    """A case in time, the city's list of items, and that list with a limit by which the case is late."""
    installation.drop("cases1.csv", [{**CASE, "closed": "2012-09-07 10:00:00"}])
    installation.sync()
    items = installation.folder / "mappings" / "items.csv"
    return items, items.read_text("utf-8").replace(",7,working_day,", ",2,working_day,")


def test_a_catalogue_edited_while_the_judge_is_at_work_is_a_change_to_the_next_audit(
    installation: Any,
) -> None:
    items, shorter = _closed_in_time(installation)
    _audit(installation, progress=lambda _: items.write_text(shorter, "utf-8"))
    assert _monitors(installation) == set()
    assert _audit(installation)["changes"] == {"catalogue": {"items": 1, "cases": 1}}
    assert _monitors(installation) == {("K1", "M04")}


def test_a_catalogue_edited_once_the_judge_has_read_it_is_a_change_to_the_next_audit(
    installation: Any,
) -> None:
    """He asks the store for what sources report of items when he has read the city's own."""
    items, shorter = _closed_in_time(installation)

    def edit(*told: Any) -> None:
        if "item_rows" in told[2]:
            items.write_text(shorter, "utf-8")

    with installation.app() as app:
        event.listen(app.installation.store.engine, "before_cursor_execute", edit)
        app.audit(now=installation.now)
    assert _monitors(installation) == set()
    assert items.read_text("utf-8") == shorter
    assert _audit(installation)["changes"] == {"catalogue": {"items": 1, "cases": 1}}
    assert _monitors(installation) == {("K1", "M04")}


def test_an_amended_calendar_says_how_many_due_dates_moved(installation: Any) -> None:
    installation.drop("cases1.csv", [{**CASE, "closed": "2012-09-12 17:00:00"}, {**CASE, "no": "K2"}])
    installation.sync()
    _audit(installation)
    assert ("K1", "M04") not in _monitors(installation)
    notice = installation.folder / "notice.csv"
    notice.write_text(
        "date,working,name,notice,known_from\n2012-09-08,1,补班,洛政办〔2012〕99号,2012-08-01\n", "utf-8"
    )
    with installation.app() as app:
        app.calendar_import(notice, now=installation.time)
    changes = _audit(installation)["changes"]["calendar"]
    assert (changes["cases"], changes["due_dates_moved"], changes["verdicts_flipped"]) == (2, 2, 1)
    assert ("K1", "M04") in _monitors(installation)


def test_other_rules_show_which_cards_they_would_add_and_remove_and_write_nothing(installation: Any) -> None:
    rows = [{**CASE, "closed": "2012-09-14 10:00:00"}, {**CASE, "no": "K2", "closed": "2012-09-11 10:00:00"}]
    installation.drop("cases1.csv", rows)
    installation.sync()
    _audit(installation)
    assert _monitors(installation) == {("K1", "M04")}
    rules = installation.folder / "stricter.toml"
    rules.write_text("[M04]\nenabled = false\n[M05]\nthreshold = -15\n", "utf-8")
    what_if = _audit(installation, rules=rules)
    assert (what_if["written"], what_if["not_written"]) == (False, "other_rules")
    assert [(f["case_no"], f["monitor"]) for f in what_if["removes"]] == [("K1", "M04")]
    assert {(f["case_no"], f["monitor"]) for f in what_if["adds"]} == {("K1", "M05"), ("K2", "M05")}
    assert _monitors(installation) == {("K1", "M04")}


def test_an_as_of_before_the_last_audit_judges_everything_and_writes_nothing(installation: Any) -> None:
    installation.drop("cases1.csv", [CASE])
    installation.sync()
    _audit(installation)
    for options in ({}, {"dry_run": True}):
        past = _audit(installation, as_of="2012-09-13T09:00:00", **options)
        assert (past["written"], past["not_written"]) == (False, "as_of_before_last_audit")
        assert [f["monitor"] for f in past["findings"]] == ["M03", "M04"]
    future = _audit(installation, as_of="2030-01-01T00:00:00")
    assert future["not_written"] == "as_of_in_the_future"


def test_a_dry_run_after_a_change_shows_which_cards_it_would_add_and_remove(installation: Any) -> None:
    installation.drop("cases1.csv", [{**CASE, "closed": "2012-09-07 10:00:00"}])
    installation.sync()
    _audit(installation)
    items = installation.folder / "mappings" / "items.csv"
    items.write_text(items.read_text("utf-8").replace(",7,working_day,", ",2,working_day,"), "utf-8")
    dry = _audit(installation, dry_run=True)
    assert (dry["written"], dry["not_written"]) == (False, "dry_run")
    assert [(f["case_no"], f["monitor"]) for f in dry["adds"]] == [("K1", "M04")]
    assert dry["removes"] == []
    assert _monitors(installation) == set()


def test_another_catalogue_shows_which_cards_it_would_add_and_remove_and_writes_nothing(
    installation: Any,
) -> None:
    rows = [{**CASE, "closed": "2012-09-14 10:00:00"}, {**CASE, "no": "K2", "closed": "2012-09-07 10:00:00"}]
    installation.drop("cases1.csv", rows)
    installation.sync()
    _audit(installation)
    listed = (installation.folder / "mappings" / "items.csv").read_text("utf-8")
    other = installation.folder / "other.csv"
    for promise, added, removed in ((2, [("K2", "M04")], []), (15, [], [("K1", "M04")])):
        other.write_text(listed.replace(",7,working_day,", f",{promise},working_day,"), "utf-8")
        what_if = _audit(installation, items=other)
        assert (what_if["written"], what_if["not_written"]) == (False, "other_items")
        assert [(f["case_no"], f["monitor"]) for f in what_if["adds"]] == added
        assert [(f["case_no"], f["monitor"]) for f in what_if["removes"]] == removed
    assert _monitors(installation) == {("K1", "M04")}


def test_a_card_that_an_audit_would_leave_alone_is_not_said_to_be_removed(installation: Any) -> None:
    """Neither that of a case now undecided, nor one that a person has ended."""
    closed = {**CASE, "closed": "2012-09-14 10:00:00"}
    installation.drop("cases1.csv", [closed, {**closed, "no": "K2"}, {**closed, "no": "K3"}])
    installation.sync()
    _audit(installation)
    with installation.app() as app:
        card = next(f for f in app.findings()["findings"] if f["case_no"] == "K2")
        app.card("revoke", card["finding_id"], by="张主任", reason="不成立", now=installation.now())
    installation.drop("cases2.csv", [{**closed, "closed": "yesterday"}])
    installation.sync()
    rules = installation.folder / "mild.toml"
    rules.write_text("[M04]\nthreshold = 10\n", "utf-8")
    removed = _audit(installation, rules=rules)["removes"]
    assert [(f["case_no"], f["monitor"]) for f in removed] == [("K3", "M04")]
