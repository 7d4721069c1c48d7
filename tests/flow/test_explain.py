"""The proof of a case answers "says who?" line by line, and any past verdict can be had again."""

from typing import Any

CASE = {"no": "K1", "item": "A1", "received": "2012-09-24 09:00:00", "accepted": "2012-09-24 10:00:00"}


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
