"""A new report that turns late into in time is seen even when no audit came between the two (M18)."""

from typing import Any

CASE = {"no": "K1", "item": "A1", "received": "2012-09-24 09:00:00", "accepted": "2012-09-24 10:00:00"}
LATE, IN_TIME = {"closed": "2012-10-15 09:00:00"}, {"closed": "2012-10-09 09:00:00"}


def report(installation: Any, name: str, *rows: dict[str, str]) -> None:
    installation.time += 120_000_000
    installation.drop(name, rows)
    installation.sync()


def seen(installation: Any, **options: Any) -> dict[str, Any]:
    """The cases that M18 found, with what their cards say."""
    with installation.app() as app:
        app.audit(now=installation.now, **options)
        return {
            no: next(f["detail"] for f in _cards(app, installation, no) if f["monitor"] == "M18")
            for no in {f["case_no"] for f in app.findings(monitor="M18")["findings"] if f["supported"]}
        }


def _cards(app: Any, installation: Any, no: str) -> Any:
    return app.explain("permits", no, now=installation.now())["findings"]


def test_a_late_closing_moved_before_any_audit_is_found(installation: Any) -> None:
    report(installation, "cases1.csv", CASE | LATE, {**CASE, "no": "K2"} | IN_TIME)
    report(
        installation, "cases2.csv", CASE | IN_TIME, {**CASE, "no": "K2"} | {"closed": "2012-10-08 09:00:00"}
    )
    assert seen(installation) == {"K1": {"late_before": ["M04"]}}
    assert set(seen(installation, all_=True)) == {"K1"}


def test_two_reports_in_one_file_are_two_reports(installation: Any) -> None:
    report(installation, "cases1.csv", CASE | LATE, CASE | IN_TIME)
    assert set(seen(installation)) == {"K1"}


def test_a_case_that_came_to_be_closed_in_time_was_never_closed_late(installation: Any) -> None:
    report(installation, "cases1.csv", CASE)
    report(installation, "cases2.csv", CASE | IN_TIME)
    assert seen(installation) == {}


def test_a_report_taken_back_leaves_nothing_to_find(installation: Any) -> None:
    report(installation, "cases1.csv", CASE | LATE)
    report(installation, "cases2.csv", CASE | IN_TIME)
    report(installation, "cases3.csv", CASE | LATE)
    assert seen(installation) == {}


def test_a_mended_mapping_is_no_report(installation: Any) -> None:
    mapping = installation.folder / "mappings" / "permits.toml"
    right = mapping.read_text("utf-8")
    installation.mapping(right.replace('closed_at = "closed"', 'closed_at = "archived"'))
    report(installation, "cases1.csv", {**CASE, **IN_TIME, "archived": "2012-10-15 09:00:00"})
    installation.mapping(right)
    with installation.app() as app:
        app.sync([], now=installation.now)
    assert seen(installation) == {}
