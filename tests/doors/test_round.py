"""A new operator's first round: an installation, a source, a sync, an audit, the proof."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub.model.verdicts import FINDING_FIELDS

READING = """status
runs
findings
quarantine list
plugin list
calendar show 2012
case permits A1 --history
workdays add 2012-09-24 5
workdays between 2012-09-24 2012-09-29
db check
check --offline""".splitlines()

NOTHING_THERE = """sync nothing
explain permits Z9
case permits Z9
card close 99 --by a --reason b
quarantine show 99
quarantine discard 99 --by a --reason b
plugin test nothing
mapping try nothing cases /dev/null
audit --as-of soon
audit --source nothing
workdays add tomorrow 5
findings --since yesterday""".splitlines()


def test_the_first_round_finds_the_late_case_and_can_prove_it(hub: Any, city: Path) -> None:
    assert hub("mapping", "check").returncode == 0
    dry = json.loads(hub("sync", "--dry-run", "--json").stdout)["runs"][0]
    synced = hub("sync", "--json")
    assert synced.returncode == 0, synced.stderr
    (run,) = json.loads(synced.stdout)["runs"]
    counts = ("received", "inserted", "updated", "unchanged", "quarantined")
    assert [run[name] for name in counts] == [dry[name] for name in counts] == [3, 2, 0, 0, 1]

    audited = json.loads(hub("audit", "--json").stdout)
    assert audited["written"] is True
    assert audited["by_monitor"]["M27"] == 1

    found = json.loads(hub("findings", "--monitor", "M27", "--json").stdout)["findings"]
    assert [(f["case_no"], f["severity"], f["due_at"]) for f in found] == [
        ("A1", "red", "2012-10-08T17:00:00+08:00")
    ]
    assert set(FINDING_FIELDS) <= set(found[0])

    proof = hub("explain", "permits", "A1", "--json")
    assert proof.returncode == 0, proof.stderr
    assert any(limit["monitor"] == "M27" for limit in json.loads(proof.stdout)["limits"])
    text = hub("explain", "permits", "A1", "--lang", "zh_CN")
    assert "A1" in text.stdout
    assert text.returncode == 0


def test_a_card_is_confirmed_by_someone_for_a_reason(hub: Any) -> None:
    hub("sync")
    hub("audit")
    (card,) = json.loads(hub("findings", "--monitor", "M27", "--json").stdout)["findings"]
    said = hub("card", "confirm", str(card["finding_id"]), "--by", "李", "--reason", "核实", "--json")
    assert said.returncode == 0, said.stderr
    assert (
        json.loads(hub("findings", "--monitor", "M27", "--json").stdout)["findings"][0]["status"] == "issued"
    )


def test_a_mended_mapping_brings_the_quarantined_record_in(hub: Any, city: Path) -> None:
    hub("sync")
    (held,) = json.loads(hub("quarantine", "list", "--json").stdout)["quarantined"]
    assert (held["key"], held["field"], held["reason"]) == ("A3", "accepted_at", "bad_value")
    mapping = city / "mappings" / "permits.toml"
    mended = mapping.read_text("utf-8").replace(
        'from = "accepted", as', 'from = "accepted", null_if = ["not a date"], as'
    )
    mapping.write_text(mended, "utf-8")
    said = hub("quarantine", "retry", "--json")
    assert said.returncode == 0, said.stderr
    assert json.loads(hub("quarantine", "list", "--json").stdout)["quarantined"] == []
    assert json.loads(hub("case", "permits", "A3", "--json").stdout)["record"]


def test_the_reading_verbs_speak_both_languages(hub: Any) -> None:
    hub("sync")
    hub("audit")
    for line in READING:
        words = line.split()
        for lang in ("zh_CN", "en"):
            said = hub("--lang", lang, *words)
            assert said.returncode == 0, (words, said.stderr)
            assert said.stdout, words
            assert said.stderr == ""


def test_what_does_not_exist_is_said_not_crashed_on(hub: Any) -> None:
    hub("sync")
    for line in NOTHING_THERE:
        words = line.split()
        said = hub(*words)
        assert said.returncode in (1, 2), (words, said.stdout, said.stderr)
        assert "bug" not in said.stderr, (words, said.stderr)


def test_a_contributor_starts_a_plugin_and_tries_its_mapping(hub: Any, city: Path) -> None:
    made = hub("plugin", "new", "parks", "--kind", "files", "--json")
    assert made.returncode == 0, made.stderr
    assert all(Path(file).is_file() for file in json.loads(made.stdout)["files"])
    assert "parks" in hub("plugin", "list").stdout
    raw = city / "raw.json"
    raw.write_text(json.dumps({"no": "A9", "item": "x", "accepted": "2012-09-24 09:00:00"}), "utf-8")
    tried = hub("mapping", "try", "permits", "cases", str(raw), "--json")
    assert tried.returncode == 0, tried.stderr
    fields = {field["field"]: field["result"] for field in json.loads(tried.stdout)["fields"]}
    assert fields["case_no"] == "A9"


def test_a_store_out_of_reach_is_exit_three(hub: Any, city: Path) -> None:
    text = (city / "hub.toml").read_text("utf-8")
    (city / "hub.toml").write_text(
        text + '[store]\nurl = "postgresql+psycopg://hub@127.0.0.1:1/none"\n', "utf-8"
    )
    said = hub("status", "--json")
    assert said.returncode == 3
    assert json.loads(said.stdout)["error"]["kind"] == "store"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("that file exists already", "name a new file")),
        ("zh_CN", ("该文件已存在", "备份从不覆盖")),
    ],
)
def test_a_backup_onto_a_file_that_is_there_is_misuse_and_leaves_it_alone(
    hub: Any, tmp_path: Path, language: str, words: tuple[str, str]
) -> None:
    file = tmp_path / "copy.db"
    file.write_text("last year's", "utf-8")
    said = hub("--lang", language, "db", "backup", str(file))
    assert said.returncode == 2
    assert all(word in said.stderr for word in (str(file), *words)), said.stderr
    assert file.read_text("utf-8") == "last year's"


def test_check_names_the_faults_of_every_file_at_once_and_writes_nothing(hub: Any, city: Path) -> None:
    (city / "hub.toml").write_text(
        '[hub]\ncty = 1\n[source.a]\nevery = "x"\n[source.permits]\nplugin = "files"\n', "utf-8"
    )
    mapping = city / "mappings" / "permits.toml"
    mapping.write_text(mapping.read_text("utf-8").replace('record = "case"', 'record = "cas"'), "utf-8")
    (city / "mappings" / "items.csv").write_text("item_code,colour\n1,red\n", "utf-8")
    said = hub("check", "--offline", "--json")
    assert said.returncode == 2, said.stderr
    problems = json.loads(said.stdout)["problems"]
    found = {Path(problem["file"]).name for problem in problems if problem.get("file")}
    assert {"hub.toml", "permits.toml", "items.csv"} <= found
    assert {2, 4} <= {problem.get("line") for problem in problems if "hub.toml" in str(problem.get("file"))}
    assert not (city / "var" / "hub.db").exists()
