"""The rooms' English sentences reach the operator in the operator's language."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hub
from hub import errors, i18n
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


#: What makes a sentence that people read: the errors, and what complaints and faults are made with.
SAYING = {name for name, kind in vars(errors).items() if isinstance(kind, type)} | {
    *("Complaint", "complain", "Fault", "NotConvertible", "_garbage"),
}
#: Put together from two sentences, or from one and a place, each of which is listed.
COMPOSED = {
    *("7 (see line 7)", "mapping 7: 7", "7 (7) is absent: 7", "7 has 7 7", "7a header of 7 columns"),
    *('write { 7 = "…" }', "no case 7 of source 7 in the store7"),
}


def said(code: ast.expr) -> Iterator[str]:
    """The sentences an expression may be, its values as 7."""
    match code:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from (*said(one), *said(other))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from (one + other for one in said(left) for other in said(right))
        case ast.Subscript(value=value):  # of which only so much is said
            yield from said(value)


def raised() -> Iterator[tuple[str, str]]:
    """Where in the Hub what is said, but in the command line, which speaks for itself."""
    folder = Path(hub.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        if file.relative_to(folder).parts[0] not in ("cli", "demo"):
            for call in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(call, ast.Call) and _name(call.func) in SAYING:
                    for part in (*call.args, *(keyword.value for keyword in call.keywords)):
                        yield from ((f"{file.name}:{part.lineno}", text) for text in said(part))


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def test_whatever_is_raised_anywhere_is_told_in_chinese() -> None:
    i18n.activate("zh_CN")
    sentences = [(place, text) for place, text in raised() if " " in text and any(map(str.isalpha, text))]
    assert len(sentences) > 300
    english = [one for one in sentences if told(one[1]) == one[1] and one[1] not in COMPOSED]
    assert english == []


@pytest.mark.parametrize(
    "sentence",
    [
        "plugin a: the plugin's process sent bytes that are no frame: b'x'",
        "plugin a is invalid: its kind is missing",
        "storing a batch of 窗口/permits: disk full",
        "窗口/permits: 7 is a list",
        "the snapshot of 窗口/permits lacks 7 of 70 records, more than 5 %: none was withdrawn",
        "窗口 has sent nothing for 26.0 hours",
        "case_rows: 3 rows without a dossier",
        "stream 3: what is noted to stand is not what its rows say",
        "the rows of 窗口/permits are not those noted: 7 noted, 6 there",
    ],
)
def test_a_composed_sentence_is_told_with_its_parts(sentence: str) -> None:
    i18n.activate("zh_CN")
    assert told(sentence) != sentence
