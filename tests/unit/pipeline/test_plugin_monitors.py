"""What a plugin says becomes an outcome: never graver than its rule, and never quietly no breach."""

from hub.audit.outcome import NEVER
from hub.audit.reasons import word_of
from hub.audit.rules import Rule
from hub.model.opinions import Verdict, in_columns
from hub.pipeline.plugin_monitors import outcome_of, plugin_monitors
from hub.roles import MonitorSpec, Plugin

RULE = Rule("X_FIRE1", "yellow", "law", code="abc")
AS_OF = 1_000


def outcome(*verdicts: Verdict):
    return outcome_of(in_columns(verdicts), RULE, AS_OF, "fire")


def test_a_severity_is_the_rule_s_unless_the_plugin_is_milder() -> None:
    said = outcome(
        Verdict(0, "a"),
        Verdict(1, "b", severity="red"),
        Verdict(2, "c", severity="warning"),
        Verdict(3, "d", severity="none"),
    )
    assert said.severity.tolist() == [2, 2, 1, 0]


def test_an_undecided_case_is_no_breach_and_is_asked_again_at_the_next_audit() -> None:
    said = outcome(Verdict(0, "a", undecided=True), Verdict(1, "b", undecided=True, judge_at=AS_OF - 2))
    assert [word_of(code) for code in said.undecided.tolist()] == ["monitor_undecided"] * 2
    assert said.severity.tolist() == [0, 0]
    assert said.judge_at.tolist() == [AS_OF, AS_OF - 2]
    assert len(said.strongest()) == 0


def test_a_verdict_that_names_no_instant_changes_by_facts_only() -> None:
    said = outcome(Verdict(0, "a"), Verdict(1, "b", severity="none", judge_at=AS_OF + 2))
    assert said.judge_at.tolist() == [NEVER, AS_OF + 2]


def test_a_finding_s_detail_names_the_plugin_and_its_words() -> None:
    said = outcome(Verdict(0, "a"), Verdict(1, "b"))
    assert said.details(said.strongest())[1] == {"plugin": "fire", "reason": "b"}
    assert said.reasons(said.strongest()) == ["a", "b"]


def test_no_process_is_started_before_a_question(tmp_path) -> None:
    monitors = {"X_FIRE1": MonitorSpec("X_FIRE1", "", "yellow", "law")}
    plugins = [
        Plugin("fire", folder=tmp_path / "nowhere", monitors=monitors),
        Plugin("land", monitors={"X_LAND1": monitors["X_FIRE1"]}, state="blocked"),
        Plugin("tax"),
    ]
    with plugin_monitors(plugins, timezone="UTC") as found:
        assert list(found) == ["X_FIRE1"]
