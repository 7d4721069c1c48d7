"""The rooms' English sentences reach the operator in the operator's language."""

from pathlib import Path
from typing import Any

import pytest

from hub import i18n
from hub.cli.sentences import SENTENCES, told
from hub.errors import ConfigError
from hub.settings import load_settings


def test_a_listed_sentence_is_told_in_chinese_with_its_values() -> None:
    i18n.activate("zh_CN")
    assert told("there is no configuration at /x/hub.toml") == "/x/hub.toml 处没有配置文件"
    assert told("'10' is not a duration") == "'10' 不是时长"


def test_a_value_with_braces_is_no_template() -> None:
    i18n.activate("zh_CN")
    assert told("found '{file}{0}'") == "此处为 '{file}{0}'"


def test_an_unlisted_sentence_stays_as_it_is() -> None:
    i18n.activate("zh_CN")
    assert told("something nobody thought of") == "something nobody thought of"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_listed_sentence_is_found_again(sentence: str) -> None:
    i18n.activate("en")
    filled = sentence.replace("{ env", "<").replace("{ file", ">")
    if "<" not in filled:
        assert told(sentence) == sentence


def test_every_complaint_about_hub_toml_is_chinese(tmp_path: Path) -> None:
    file = tmp_path / "hub.toml"
    file.write_text(
        '[hub]\ncty = 1\ntimezone = "x"\n[calendar]\noffice_hours = []\n[source.a]\nevery = "x"\n', "utf-8"
    )
    i18n.activate("zh_CN")
    with pytest.raises(ConfigError) as caught:
        load_settings(file, {})
    english = [c for c in caught.value.complaints if told(c.found) == c.found or told(c.remedy) == c.remedy]
    assert english == []


def test_a_wrong_file_is_reported_in_chinese(hub: Any) -> None:
    said = hub("status", "--config", "/nowhere/hub.toml", lang="zh_CN")
    assert "错误：/nowhere/hub.toml 处没有配置文件" in said.err
    assert "如何处理：" in said.err
