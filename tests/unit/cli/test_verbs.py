"""Each verb asks the App what was typed and prints what it answers; nothing is decided here."""

import json
from typing import Any

import pytest

from hub.cli.verbs import VERBS
from hub.errors import AuthError, Busy, Complaint, ConfigError, PluginFault, StoreError

RUN: dict[str, Any] = {
    "source": "tax", "run_id": 1, "status": "ok",
    "received": 3, "inserted": 2, "updated": 1, "unchanged": 0, "quarantined": 0,
    "started_at": "2012-10-26T18:00:00+08:00", "finished_at": "2012-10-26T18:00:01+08:00",
    "streams": [], "error": None,
}  # fmt: skip
FINDING: dict[str, Any] = {
    "finding_id": 7, "subject_kind": "case", "source": "tax", "case_no": "A1", "department": "地税局",
    "item_code": "x", "monitor": "M05", "severity": "red", "status": "pending", "clock": "whole_day",
    "limit": 20.0, "limit_unit": "working_day", "started_at": "2012-09-24", "due_at": "2012-10-26",
    "stopped_at": None, "elapsed": 21.0, "provisional": False, "detected_at": "2012-10-29",
    "legal_basis": "行政许可法42", "rule_version": "r", "calendar_version": "c",
}  # fmt: skip
AUDIT: dict[str, Any] = {
    "audit_id": 1, "as_of": "2012-10-29", "written": True,
    "judged": 5, "issued": 1, "pending": 1,
    "unchanged": 0, "unsupported": 0, "undecided": 0, "by_monitor": {"M05": 1}, "by_severity": {"red": 1},
    "alarms": [],
}  # fmt: skip


def test_sync_passes_on_what_was_typed(hub: Any) -> None:
    line = (
        "sync",
        "tax",
        "land",
        "--full",
        "--since",
        "2012-01-01",
        "--until",
        "2013-01-01",
        "--limit",
        "5",
        "--dry-run",
    )
    said = hub(*line, answers={"sync": {"runs": [RUN]}})
    ((_, (sources,), options),) = said.app.asked
    assert sources == ("tax", "land")
    assert {k: options[k] for k in ("full", "since", "until", "limit", "dry_run")} == {
        "full": True, "since": "2012-01-01", "until": "2013-01-01", "limit": 5, "dry_run": True,
    }  # fmt: skip
    assert said.code == 0


@pytest.mark.parametrize("line", [("--json", "sync"), ("sync", "--json")])
def test_json_stands_before_or_after_the_verb_and_is_the_only_thing_on_stdout(
    hub: Any, line: tuple[str, ...]
) -> None:
    said = hub(*line, answers={"sync": {"runs": [RUN]}})
    assert json.loads(said.out) == {"runs": [RUN]}
    assert said.out.count("\n") == 1


@pytest.mark.parametrize(("status", "code"), [("ok", 0), ("partial", 1), ("failed", 1)])
def test_a_run_that_was_not_whole_is_exit_one(hub: Any, status: str, code: int) -> None:
    error = {"kind": "unavailable", "message": "tax is down", "remedy": "wait"}
    said = hub("sync", answers={"sync": {"runs": [{**RUN, "status": status, "error": error}]}})
    assert said.code == code
    assert "tax is down" in said.out


def test_quarantined_records_are_normal_work(hub: Any) -> None:
    assert hub("sync", answers={"sync": {"runs": [{**RUN, "quarantined": 3}]}}).code == 0


@pytest.mark.parametrize("key", ["sync", "audit"])
def test_an_alarm_raised_is_exit_one(hub: Any, key: str) -> None:
    document = {"runs": [RUN]} if key == "sync" else AUDIT
    said = hub(key, answers={key: {**document, "alarms": [{"kind": "withdrawn", "message": "6 % missing"}]}})
    assert said.code == 1
    assert "6 % missing" in said.out


@pytest.mark.parametrize("key", ["sync", "audit", "status"])
def test_an_alarm_is_told_in_chinese(hub: Any, key: str) -> None:
    document = {"sync": {"runs": [RUN]}, "audit": AUDIT, "status": {"sources": []}}[key]
    alarm = {"kind": "silence", "message": "tax has sent nothing for 26.0 hours"}
    said = hub(key, answers={key: {**document, "alarms": [alarm]}}, lang="zh_CN")
    assert "告警：tax 已有 26.0 小时没有报送" in said.out


def test_what_is_wrong_with_a_store_is_told_in_chinese(hub: Any) -> None:
    found = {"problems": [{"message": "case_rows: 3 rows without a dossier"}]}
    said = hub("db", "check", answers={"db_check": found}, lang="zh_CN")
    assert "case_rows：3 行没有办件档案" in said.out


def test_an_audit_that_wrote_nothing_says_so_and_shows_its_findings(hub: Any) -> None:
    said = hub(
        "audit",
        "--as-of",
        "2020-01-01",
        answers={"audit": {**AUDIT, "written": False, "findings": [FINDING]}},
    )
    assert "no card was written" in said.out
    assert "A1" in said.out
    assert said.code == 0


def test_a_changed_calendar_or_rulebook_says_to_people_whom_it_touched(hub: Any) -> None:
    calendar = {"from": "cn-1", "to": "cn-2", "cases": 9, "due_dates_moved": 7, "verdicts_flipped": 2}
    rules = {"monitors": ["M04", "M05"], "cases": 30}
    said = hub("audit", answers={"audit": {**AUDIT, "changes": {"calendar": calendar, "rules": rules}}})
    assert "cn-1 to cn-2: 9 cases judged again, 7 due dates moved, 2 verdicts flipped" in said.out
    assert "The rules of M04, M05 changed: 30 cases" in said.out


def test_what_other_rules_or_items_would_add_and_remove_is_told_to_people_too(hub: Any) -> None:
    removed = {**FINDING, "case_no": "B2"}
    what_if = {"not_written": "other_items", "findings": [], "adds": [FINDING], "removes": [removed]}
    said = hub("audit", "--dry-run", answers={"audit": {**AUDIT, "written": False, **what_if}})
    added, lost = said.out.partition("It would add:")[2].split("These cards would lose their ground:")
    assert ("A1" in added, "B2" in lost) == (True, True)


def test_findings_filters_are_passed_on(hub: Any) -> None:
    said = hub(
        "findings",
        "--severity",
        "red",
        "--status",
        "pending",
        "--monitor",
        "M05",
        answers={"findings": {"findings": []}},
    )
    ((_, _, asked),) = said.app.asked
    assert (asked["severity"], asked["status"], asked["monitor"], asked["department"]) == (
        "red",
        "pending",
        "M05",
        None,
    )
    assert "No findings." in said.out


def test_findings_as_csv_cannot_run_a_formula(hub: Any) -> None:
    evil = {**FINDING, "department": "=cmd|'/c calc'!A1", "item_code": "\t=1+1"}
    said = hub("findings", "--format", "csv", answers={"findings": {"findings": [evil]}})
    heading, *lines = said.out.splitlines()
    assert heading.startswith("finding_id,subject_kind,source,case_no")
    assert "'=cmd" in lines[0]
    assert ",=cmd" not in said.out


@pytest.mark.parametrize("sign", ["＝", "＋", "－", "＠", " ="])
def test_a_full_width_sign_begins_no_formula_either(hub: Any, sign: str) -> None:
    evil = {**FINDING, "department": f"{sign}1+1"}
    said = hub("findings", "--format", "csv", answers={"findings": {"findings": [evil]}})
    assert f",'{sign}1+1" in said.out


@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_no_text_of_a_department_drives_the_terminal(hub: Any, form: str) -> None:
    evil = {**FINDING, "department": "a\x1b[2Jb\x9b2Jc\x85d\u202ee"}
    said = hub("findings", "--format", form, answers={"findings": {"findings": [evil]}})
    assert not set("\x1b\x9b\x85\u202e") & set(said.out)
    if form == "json":
        assert json.loads(said.out)["findings"][0]["department"] == evil["department"]


def test_findings_format_json_is_the_document(hub: Any) -> None:
    assert json.loads(hub("findings", "--format", "json", answers={"findings": {"findings": [FINDING]}}).out)[
        "findings"
    ]


def test_json_and_csv_together_are_wrong_usage(hub: Any) -> None:
    assert hub("findings", "--json", "--format", "csv").code == 2


def test_a_department_cannot_drive_the_terminal(hub: Any) -> None:
    evil = {**FINDING, "department": "\x1b]0;owned\x07\x1b[2J\u202e", "case_no": "[red]A[/red]\n"}
    said = hub("findings", answers={"findings": {"findings": [evil]}})
    assert "\x1b" not in said.out
    assert "\u202e" not in said.out
    assert "[red]A[/red]" in said.out


def test_a_gbk_terminal_shows_what_it_can(hub: Any) -> None:
    said = hub(
        "findings",
        answers={"findings": {"findings": [{**FINDING, "department": "地税局😀"}]}},
        encoding="gbk",
        lang="zh_CN",
    )
    assert "地税局?" in said.out
    assert said.code == 0


def test_json_on_a_gbk_terminal_loses_nothing(hub: Any) -> None:
    said = hub(
        "findings",
        "--json",
        answers={"findings": {"findings": [{**FINDING, "department": "局😀"}]}},
        encoding="gbk",
    )
    assert json.loads(said.out)["findings"][0]["department"] == "局😀"


def test_a_lone_surrogate_does_not_end_the_run(hub: Any) -> None:
    evil = {"findings": [{**FINDING, "department": "a\ud800"}]}
    assert hub("findings", answers={"findings": evil}).code == 0
    assert json.loads(hub("findings", "--json", answers={"findings": evil}).out)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("bad"), 2),
        (StoreError("cannot be reached"), 3),
        (Busy("tax is being synced"), 1),
        (AuthError("refused"), 1),
        (PluginFault("raised"), 1),
        (ValueError("a bug"), 1),
    ],
)
@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_every_error_has_its_exit_code_and_goes_to_stderr(
    hub: Any, error: Exception, code: int, flags: tuple[str, ...]
) -> None:
    said = hub("status", *flags, answers={"status": error})
    assert said.code == code
    assert str(error) in said.err
    assert (json.loads(said.out)["error"]["message"] if flags else said.out) in (
        str(error),
        f"ValueError: {error}",
        "",
    )


def test_a_configuration_error_lists_every_complaint(hub: Any) -> None:
    complaints = [Complaint("hub.toml", n, f"source.s{n}", "unknown key", "remove it") for n in (3, 9)]
    said = hub("check", "--json", answers={"check": ConfigError("hub.toml has 2 faults", complaints)})
    assert "hub.toml:3: source.s3" in said.err
    assert "hub.toml:9: source.s9" in said.err
    assert [c["line"] for c in json.loads(said.out)["error"]["complaints"]] == [3, 9]


@pytest.mark.parametrize(
    ("areas", "code"), [([], 0), (["source"], 1), (["store"], 3), (["config"], 2), (["source", "mapping"], 2)]
)
def test_check_exits_by_what_it_found(hub: Any, areas: list[str], code: int) -> None:
    problems = [{"area": area, "found": "wrong", "remedy": "mend"} for area in areas]
    assert hub("check", "--offline", answers={"check": {"problems": problems}}).code == code


@pytest.mark.parametrize(
    "line", [("sync", "--ful"), ("nothing",), ("card", "confirm", "1"), ("sync", "--limit", "x"), ()]
)
def test_wrong_usage_is_exit_two(hub: Any, line: tuple[str, ...]) -> None:
    said = hub(*line)
    assert said.code == 2
    assert said.out == ""
    assert said.err


def test_wrong_usage_with_json_is_a_document_too(hub: Any) -> None:
    assert json.loads(hub("sync", "--ful", "--json").out)["error"]["kind"] == "usage"


def test_wrong_usage_speaks_chinese(hub: Any) -> None:
    said = hub("sync", "--ful", lang="zh_CN")
    assert "没有选项 '--ful'" in said.err
    assert "用法" in said.err


@pytest.mark.parametrize("act", ["confirm", "revoke", "answer", "appeal", "close"])
def test_an_act_on_a_card_has_a_name_and_a_reason(hub: Any, act: str) -> None:
    said = hub(
        "card",
        act,
        "7",
        "--by",
        "李",
        "--reason",
        "核实",
        answers={"card": {"finding_id": 7, "status": "issued"}},
    )
    ((_, args, options),) = said.app.asked
    assert args == (act, 7)
    assert (options["by"], options["reason"]) == ("李", "核实")
    assert hub("card", act, "7", "--by", " ", "--reason", "x").code == 2


def test_workdays_print_the_answer_alone(hub: Any) -> None:
    said = hub(
        "workdays",
        "add",
        "2012-09-24",
        "5",
        answers={"workdays_add": {"date": "2012-09-29", "provisional": False}},
    )
    assert said.out == "2012-09-29\n"
    said = hub(
        "workdays", "between", "2012-09-24", "2012-09-29", answers={"workdays_between": {"working_days": 5}}
    )
    assert said.out == "5\n"


def test_negative_working_days_count_backwards(hub: Any) -> None:
    said = hub("workdays", "add", "2012-09-24", "--", "-5", answers={"workdays_add": {"date": "2012-09-17"}})
    assert said.app.asked[0][1] == ("2012-09-24", -5)


def test_an_unfindable_configuration_is_exit_two(hub: Any) -> None:
    said = hub("status", "--config", "/nowhere/hub.toml")
    assert said.code == 2
    assert "hub init" in said.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion_script(hub: Any, shell: str) -> None:
    assert "_HUB_COMPLETE" in hub("completion", shell).out


def test_the_other_verbs_print_their_tables(hub: Any) -> None:
    status = {"sources": [{"source": "tax", "state": "ok", "last_success_at": "x", "age_s": 7200, "cases": 3,
                           "quarantined": 1, "next_run_at": None, "alarms": []}], "alarms": []}  # fmt: skip
    assert "2 h" in hub("status", answers={"status": status}).out
    assert "tax" in hub("runs", answers={"runs": {"runs": [RUN]}}).out
    row = {
        "id": 1,
        "source": "tax",
        "stream": "s",
        "key": "k",
        "reason": "bad_value",
        "field": "f",
        "value": "v",
        "message": "m",
    }
    assert (
        "does not convert"
        in hub("quarantine", "list", answers={"quarantine_list": {"quarantined": [row]}}).out
    )
    assert (
        "loaded"
        in hub(
            "plugin", "list", answers={"plugin_list": {"plugins": [{"name": "tax", "state": "loaded"}]}}
        ).out
    )
    assert "in order" in hub("mapping", "check", answers={"mapping_check": {"problems": []}}).out
    assert hub("db", "check", answers={"db_check": {"problems": [{"message": "sum"}]}}).code == 1
    fault = {"kind": "notice_missing", "year": 2027}
    assert "2027" in hub("calendar", "check", answers={"calendar_check": {"faults": [fault]}}).out
    assert hub("calendar", "check", answers={"calendar_check": {"faults": [fault]}}).code == 1


@pytest.mark.parametrize(("lang", "word"), [("zh_CN", "用法"), ("en", "Usage")])
def test_every_verb_explains_itself_in_both_languages(
    hub: Any, capsys: pytest.CaptureFixture[str], lang: str, word: str
) -> None:
    for name in VERBS:
        assert hub(name, "--help", lang=lang).code == 0
        assert word in capsys.readouterr().out


def test_a_bug_is_told_in_one_short_line_without_the_values_of_records(hub: Any) -> None:
    said = hub(
        "status", "--json", answers={"status": RuntimeError("INSERT failed\n" + "张三 13800138000 " * 99)}
    )
    assert "张三" not in said.err + said.out
    assert len(said.err) < 500
