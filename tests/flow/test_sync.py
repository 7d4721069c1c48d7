"""A sync puts every record where it belongs, on both engines, and says so in its counts."""

from typing import Any

A = {
    "no": "K1",
    "item": "A1",
    "received": "2012-09-24 09:00:00",
    "accepted": "2012-09-24 10:00:00",
    "fee": "5",
}
B = {**A, "fee": "6"}


def test_what_was_received_is_inserted_once_and_taken_once(installation: Any, counts: Any) -> None:
    installation.drop("cases1.csv", [A, {**A, "no": "K2"}])
    assert counts(installation.sync()) == (2, 2, 0, 0, 0)
    assert counts(installation.sync()) == (0, 0, 0, 0, 0)
    assert counts(installation.sync(full=True)) == (2, 0, 0, 2, 0)


def test_a_record_that_flips_within_one_run_ends_as_it_came_last(installation: Any, counts: Any) -> None:
    installation.drop("cases1.csv", [A])
    installation.sync()
    installation.drop("cases2.csv", [B, A])
    assert counts(installation.sync()) == (2, 0, 2, 0, 0)
    with installation.app() as app:
        case = app.case("permits", "K1", history=True)
    assert case["record"]["fee_paid"] == 5
    assert [v["values"]["fee_paid"] for v in case["versions"]][:2] == [5, 6]


def test_a_full_read_judges_each_key_by_its_last_occurrence(installation: Any, counts: Any) -> None:
    installation.drop("cases1.csv", [A])
    installation.drop("cases2.csv", [B])
    assert counts(installation.sync()) == (2, 1, 1, 0, 0)
    assert counts(installation.sync(full=True)) == (2, 0, 0, 2, 0)


def test_a_dry_run_gives_the_counts_of_the_run_and_writes_nothing(installation: Any, counts: Any) -> None:
    installation.drop("cases1.csv", [A, B, {**A, "no": "K2"}, {**A, "no": "K3", "accepted": "soon"}])
    dry = installation.sync(dry_run=True)
    assert counts(dry) == (4, 2, 1, 0, 1)
    assert counts(installation.sync()) == counts(dry)


def test_a_bad_record_is_quarantined_and_comes_in_when_the_mapping_is_mended(
    installation: Any, counts: Any
) -> None:
    installation.drop("cases1.csv", [A, {**A, "no": "K2", "accepted": "24.09.2012"}])
    assert counts(installation.sync()) == (2, 1, 0, 0, 1)
    with installation.app() as app:
        (bad,) = app.quarantine_list(None)["quarantined"]
        assert (bad["field"], bad["value"], bad["key"]) == ("accepted_at", "24.09.2012", "K2")
    mended = (installation.folder / "mappings" / "permits.toml").read_text("utf-8")
    installation.mapping(
        mended.replace(
            '"accepted"', '{ from = "accepted", as = "datetime", format = ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y"] }'
        )
    )
    with installation.app() as app:
        app.quarantine_retry(None, now=installation.now)
        assert app.quarantine_list(None)["quarantined"] == []
        assert app.case("permits", "K2", history=False)["record"]["accepted_at"] == "2012-09-24"
