"""The proof of a case answers "says who?" line by line, and any past verdict can be had again."""

from typing import Any

CASE = {"no": "K1", "item": "A1", "received": "2012-09-24 09:00:00", "accepted": "2012-09-24 10:00:00"}

PARTS = """
[streams.pauses]
record = "pause"
[streams.pauses.fields]
case_no = "no"
seq = "seq"
kind = "kind"
started_at = "from"
[streams.longer]
record = "extension"
[streams.longer.fields]
case_no = "no"
seq = "seq"
length = "days"
reason = "why"
approver = "who"
approved_at = "on"
"""


def test_each_fact_names_its_stream_run_and_raw_record(installation: Any) -> None:
    installation.drop("cases1.csv", [CASE])
    run = installation.sync()
    with installation.app() as app:
        facts = {f["field"]: f for f in app.explain("permits", "K1", now=installation.now())["facts"]}
    accepted = facts["accepted_at"]
    assert accepted["value"] == "2012-09-24T10:00:00+08:00"
    assert (accepted["stream"], accepted["run_id"]) == ("cases", run["run_id"])
    assert accepted["first_seen_at"] == "2012-10-26T18:00:00+08:00"
    assert '"accepted":"2012-09-24 10:00:00"' in accepted["raw_text"]


def test_each_day_of_the_clock_is_counted_or_not_and_why(installation: Any) -> None:
    installation.drop("cases1.csv", [{**CASE, "closed": "2012-10-12 09:00:00"}])
    installation.sync()
    with installation.app() as app:
        limits = app.explain("permits", "K1", now=installation.now())["limits"]
    statute = next(line for line in limits if line["monitor"] == "M05")
    assert (statute["limit"], statute["limit_unit"], statute["verdict"]) == (20, "working_day", "none")
    assert statute["due_at"] == "2012-10-26T23:59:59+08:00"
    days = {day["date"]: day for day in statute["days"]}
    assert days["2012-09-29"]["counted"]
    assert days["2012-09-29"]["reason"] == "make_up"
    assert not days["2012-10-01"]["counted"]
    assert "通知" in days["2012-10-01"]["notice"]


def test_a_past_verdict_is_had_again_from_history(installation: Any) -> None:
    installation.drop("cases1.csv", [CASE])
    installation.sync()
    known_then = "2012-10-26T18:30:00"
    installation.time += 86_400 * 2_000_000
    installation.drop("cases2.csv", [{**CASE, "closed": "2012-09-26 09:00:00"}])
    installation.sync()
    with installation.app() as app:
        verdict = {
            known: next(
                line["verdict"]
                for line in app.explain(
                    "permits", "K1", now=installation.now(), as_of=known_then, known_at=known
                )["limits"]
                if line["monitor"] == "M04"
            )
            for known in (known_then, None)
        }
        dry = app.audit(now=installation.now, as_of=known_then, known_at=known_then)
    assert verdict == {known_then: "yellow", None: "none"}
    assert (dry["written"], dry["not_written"]) == (False, "known_at")
    assert ("K1", "M04") in {(f["case_no"], f["monitor"]) for f in dry["findings"]}


def test_an_event_after_the_instant_judged_as_now_is_marked(installation: Any) -> None:
    installation.drop("cases1.csv", [{**CASE, "closed": "2012-10-12 09:00:00"}])
    installation.sync()
    with installation.app() as app:
        told = app.explain("permits", "K1", now=installation.now(), as_of="2012-10-11")["facts"]
    marked = {fact["field"] for fact in told if fact["after_as_of"]}
    assert marked == {"closed_at"}


def test_a_limit_says_whether_item_or_law_sets_it(installation: Any) -> None:
    items = installation.folder / "mappings" / "items.csv"
    items.write_text(
        items.read_text("utf-8") + "B1,无法定时限,住建委,,,,3,working_day,,,2010-01-01,\n", "utf-8"
    )
    installation.drop("cases1.csv", [{**CASE, "item": "B1"}])
    installation.sync()
    with installation.app() as app:
        lines = app.explain("permits", "K1", now=installation.now())["limits"]
    assert {line["monitor"]: line["limit_set_by"] for line in lines} == {
        "M01": "rule",
        "M03": "item",
        "M04": "item",
        "M05": "law",
    }
    assert {line["item_told_by"] for line in lines if line["monitor"] != "M01"} == {"items.csv"}


def test_pauses_and_extensions_name_their_records_in_the_order_they_are_told(installation: Any) -> None:
    file = installation.folder / "hub.toml"
    streams = (
        'cases = { pattern = "cases*" }\npauses = { pattern = "pauses*" }\nlonger = { pattern = "longer*" }'
    )
    file.write_text(file.read_text("utf-8").replace('cases = { pattern = "cases*" }', streams), "utf-8")
    mapping = installation.folder / "mappings" / "permits.toml"
    installation.mapping(mapping.read_text("utf-8") + PARTS)
    installation.drop("cases1.csv", [CASE])
    pause = {"no": "K1", "kind": "hearing"}
    later, early = ({**pause, "seq": s, "from": f} for s, f in (("1", "2012-10-08"), ("9", "2012-09-25")))
    installation.drop("pauses1.csv", [later, early, {**pause, "seq": "5", "from": "2013-01-01"}])
    installation.drop(
        "longer1.csv",
        [{"no": "K1", "seq": "3", "days": "2", "why": "疑难", "who": "局长", "on": "2012-09-26"}],
    )
    installation.sync()
    with installation.app() as app:
        lines = app.explain("permits", "K1", now=installation.now())["limits"]
    promise = next(line for line in lines if line["monitor"] == "M04")
    assert [(p["record"], p["from"]) for p in promise["pauses"]] == [
        ("K1/9", "2012-09-25"),
        ("K1/1", "2012-10-08"),
    ]
    assert [(e["record"], e["length"], e["unit"]) for e in promise["extensions"]] == [
        ("K1/3", 2, "working_day")
    ]
    assert (promise["limit"], promise["extended"]) == (9, 2)


def test_a_joint_card_names_the_other_party(installation: Any) -> None:
    mapping = installation.folder / "mappings" / "permits.toml"
    text = mapping.read_text("utf-8").replace(
        'item_code = "item"', 'item_code = "item"\nparent_case_no = "lead"'
    )
    installation.mapping(text)
    lead = {**CASE, "no": "L1", "closed": "2012-09-26 09:00:00"}
    installation.drop("cases1.csv", [lead, {**CASE, "no": "M1", "lead": "L1"}])
    installation.sync()
    with installation.app() as app:
        app.audit(now=installation.now)
        told = {
            no: next(
                f["detail"]
                for f in app.explain("permits", no, now=installation.now())["findings"]
                if f["monitor"] == "M13"
            )
            for no in ("L1", "M1")
        }
    assert told["L1"]["members"] == ["M1"]
    assert (told["M1"]["lead"], told["M1"]["limits"]) == ("L1", ["M04"])


def test_what_a_new_report_replaced_is_told_with_both_runs(installation: Any) -> None:
    installation.drop("cases1.csv", [{**CASE, "closed": "2012-10-15 09:00:00"}])
    first = installation.sync()["run_id"]
    between = "2012-10-26T20:00:00"
    installation.time += 2 * 86_400_000_000
    installation.drop("cases2.csv", [{**CASE, "closed": "2012-10-09 09:00:00"}])
    second = installation.sync()["run_id"]
    with installation.app() as app:
        (told,) = app.explain("permits", "K1", now=installation.now())["superseded"]
        before = app.explain("permits", "K1", now=installation.now(), known_at=between)["superseded"]
    assert (told["field"], told["value"]) == ("closed_at", "2012-10-15T09:00:00+08:00")
    assert told["replaced_by"] == "2012-10-09T09:00:00+08:00"
    assert (told["run_id"], told["replaced_by_run"]) == (first, second)
    assert before == []
