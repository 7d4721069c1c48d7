"""The exam tells what sets a pull apart from its case, and what was asked that the case did not foresee."""

import json
import sqlite3
import urllib.error
import urllib.request

import pytest

from hub import sdk
from hub.sdk.testing import SECRET, Case, Environment, cases_of, differences, staged


def case(folder, **files) -> Case:
    (folder / "cases/one").mkdir(parents=True)
    for name, text in {"expected.json": "{}", "case.toml": "", **files}.items():
        (folder / "cases/one" / name).write_text(text, "utf-8")
    return cases_of(folder)[0]


def test_everything_named_is_exported_and_nothing_else():
    assert sorted(sdk.__all__) == sdk.__all__
    assert [name for name in sdk.__all__ if not hasattr(sdk, name)] == []


def test_the_answers_are_given_in_order_and_surprises_are_told(tmp_path):
    steps = [
        {"path": "/a", "asks": "n=国", "body": {"x": "国"}, "charset": "gbk"},
        {"path": "/b", "status": 503},
    ]
    one = case(
        tmp_path,
        **{"exchanges.json": json.dumps(steps), "case.toml": '[config]\nbase_url = "{server}"\n'},
    )
    with staged(one, tmp_path) as stage:
        url = stage.config["base_url"]
        with urllib.request.urlopen(f"{url}/a?n=%E5%9B%BD") as reply:
            assert json.loads(reply.read().decode("gbk")) == {"x": "国"}
        assert stage.complaints == []
        with pytest.raises(urllib.error.HTTPError) as wrong:
            urllib.request.urlopen(f"{url}/c")
        wrong.value.close()
    assert stage.complaints == ["asked /c with '' where the case has /b with 'anything'"]


def test_a_script_becomes_a_database_and_a_folder_stays_one(tmp_path):
    one = case(
        tmp_path, **{"input.sql": "create table t (n)", "case.toml": '[config]\nu = "{database} {input}"\n'}
    )
    with staged(one, tmp_path) as stage:
        database, folder = stage.config["u"].split()
    assert database.endswith("one.db")
    assert folder.endswith("cases/one/input")


def test_a_script_opens_no_other_database(tmp_path):
    script = f"attach '{tmp_path / 'hub.db'}' as hub; create table hub.t (n)"
    one = case(tmp_path, **{"input.sql": script})
    with pytest.raises(sqlite3.DatabaseError, match="not authorized"), staged(one, tmp_path):
        pass
    assert not (tmp_path / "hub.db").exists()


def test_references_to_the_environment_have_a_value():
    assert Environment()["ANY"] == SECRET
    assert "ANY" in Environment()


@pytest.mark.parametrize(
    ("expected", "pulled", "told"),
    [
        ({"a": [{"n": 1}]}, {"a": [b'{"n": 1}'], "b": []}, []),
        ({"a": [{"n": 1}]}, {"a": []}, ["a: 1 records expected, 0 pulled"]),
        ({}, {"a": [b"{}"]}, ["a: 0 records expected, 1 pulled"]),
        ({"a": [{"n": 1}]}, {"a": [b'{"n": 2}']}, ["a: record 1: n: expected 1, got 2"]),
        ({"a": [{"n": 1}]}, {"a": [b'{"n": 1, "x": 2}']}, ["a: record 1: x: expected 'nothing', got 2"]),
        ({"a": [7]}, {"a": [b"8"]}, ["a: record 1: expected 7, got 8"]),
    ],
)
def test_differences_name_stream_record_and_field(expected, pulled, told):
    assert differences(expected, pulled) == told
