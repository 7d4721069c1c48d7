"""M17: cases keyed in after closing are found by what the Hub saw, and no planned load is taken for one."""

from typing import Any

DAY = 86_400 * 2_000_000
CASE = {"item": "A1", "received": "2012-10-08 09:00:00", "accepted": "2012-10-08 10:00:00"}


def found(installation: Any, **options: Any) -> set[str]:
    with installation.app() as app:
        app.audit(now=installation.now, **options)
        return {f["case_no"] for f in app.findings(monitor="M17")["findings"]}


def a_week_of_cases(installation: Any) -> None:
    """Loaded on 26 October, one case more on every day until the 31st."""
    installation.drop("cases0.csv", [{**CASE, "no": "K0", "closed": "2012-10-09 09:00:00"}])
    installation.sync()
    for day in range(1, 6):
        installation.time += DAY
        installation.drop(f"cases{day}.csv", [{**CASE, "no": f"K{day}"}])
        installation.sync()


def the_batch(installation: Any) -> None:
    installation.time += DAY
    closed = ("2012-10-22 17:00:00", "2012-10-29 17:00:00")
    rows = [{**CASE, "no": f"B{n}", "closed": at} for n, at in enumerate(closed)]
    installation.drop("cases9.csv", rows)


def test_a_case_first_seen_closed_though_its_source_was_heard_is_found_and_a_fresh_one_is_not(
    installation: Any,
) -> None:
    a_week_of_cases(installation)
    assert found(installation) == set()
    the_batch(installation)
    installation.sync()
    assert found(installation) == {"B0"}
    assert found(installation, all_=True) == {"B0"}
    with installation.app() as app:
        card = app.findings(monitor="M17")["findings"][0]
    assert card["severity"] == "warning"


def test_cards_tell_when_the_source_had_been_heard(installation: Any) -> None:
    a_week_of_cases(installation)
    the_batch(installation)
    installation.sync()
    with installation.app() as app:
        (finding,) = [
            f for f in app.audit(now=installation.now, dry_run=True)["findings"] if f["monitor"] == "M17"
        ]
    assert finding["reason"] == "seen_closed"


def test_a_full_re_read_a_first_load_and_a_replay_invent_no_batch(installation: Any) -> None:
    a_week_of_cases(installation)
    the_batch(installation)
    installation.sync(full=True)
    assert found(installation) == set()
    mapping = (installation.folder / "mappings" / "permits.toml").read_text("utf-8")
    installation.mapping(mapping + 'title = "item"\n')
    with installation.app() as app:
        app.sync([], now=installation.now)
    assert found(installation, all_=True) == set()


def test_an_outage_of_the_source_invents_no_batch(installation: Any) -> None:
    installation.drop("cases0.csv", [{**CASE, "no": "K0"}])
    installation.sync()
    inbox = installation.folder / "inbox"
    for day in range(1, 6):
        installation.time += DAY
        inbox.rename(installation.folder / "away")
        assert installation.sync()["status"] == "failed", day
        (installation.folder / "away").rename(inbox)
    installation.time += DAY
    installation.drop("cases1.csv", [{**CASE, "no": "K1", "closed": "2012-10-26 09:00:00"}])
    installation.sync()
    assert found(installation) == set()


def test_a_silence_of_the_source_invents_no_batch(installation: Any) -> None:
    installation.drop("cases0.csv", [{**CASE, "no": "K0"}])
    installation.sync()
    for _ in range(5):
        installation.time += DAY
        installation.sync()
    installation.drop("cases1.csv", [{**CASE, "no": "K1", "closed": "2012-10-26 09:00:00"}])
    installation.sync()
    assert found(installation) == set()
