"""What is wrong in a file that people write is told in Chinese, whatever the file; so is a failure."""

import re
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub import i18n
from hub.audit.catalogue import parse_catalogue
from hub.audit.rulebook import rulebook_of
from hub.cli.sentences import told
from hub.clock.notices import read_notice
from hub.clock.overlays import read_overlays
from hub.errors import Complaint, ConfigError
from hub.located import parse_toml
from hub.mapping.mapping import check_mapping, load_mapping
from hub.plugins.configuring import resolve_config, stream_specs
from hub.plugins.manifests import discover
from tests.unit.mapping.test_faults import CASE, DOZEN

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def chinese() -> None:
    i18n.activate("zh_CN")


def english(complaints: Sequence[Complaint]) -> list[str]:
    said = [text for complaint in complaints for text in (complaint.found, complaint.remedy)]
    return [text for text in said if not re.search("[一-鿿]", told(text))]


def test_faults_of_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(DOZEN, "utf-8")
    found = check_mapping(tmp_path / "m.toml", codes_dir=tmp_path, zone=ZONE)
    assert len(found) == 18
    assert english(found) == []


@pytest.mark.parametrize(
    "line",
    [
        'title = { const = "t", default = "u" }',
        "title = { digest = [] }",
        'closed_at = { digest = ["x"] }',
        'title = { from = "t", format = "iso" }',
        'title = { from = "t", required = 1 }',
        'title = { from = "t", null_if = [""] }',
        'title = { from = "t", unit = "fen" }',
        'fee_due = { from = "t", unit = "dollar" }',
        'result = { from = "f", codes = {} }',
        'result = { from = "f", codes = { "1" = "granted" }, default = "2" }',
    ],
)
def test_a_fault_of_a_field(tmp_path: Path, line: str) -> None:
    (tmp_path / "m.toml").write_text(CASE + line, "utf-8")
    found = check_mapping(tmp_path / "m.toml", codes_dir=tmp_path, zone=ZONE)
    assert found
    assert english(found) == []


def test_faults_of_the_catalogue() -> None:
    text = (
        "item_code,effective_from,colour,case_type,fee,effective_to\n"
        "A,2026-01-01,,slow,-1,2025-01-01\nA,2026,,,,\n,,,\nB,2026-01-01,,,,\nB,2026-01-01,,,,\n"
    )
    with pytest.raises(ConfigError) as caught:
        parse_catalogue(text.encode(), "items.csv")
    assert len(caught.value.complaints) == 6
    assert english(caught.value.complaints) == []
    assert told(caught.value.message) != caught.value.message


def test_faults_of_the_rulebook() -> None:
    text = (
        "M99 = 1\n[M05]\nseverity = 'green'\nenabled = 1\nlegal_basis = ''\neffective_from = 'x'\nspeed = 1\n"
    )
    with pytest.raises(ConfigError) as caught:
        rulebook_of(parse_toml(text.encode(), "rules.toml"), ZONE)
    assert len(caught.value.complaints) == 6
    assert english(caught.value.complaints) == []


def test_faults_of_the_calendar(tmp_path: Path) -> None:
    (tmp_path / "days.csv").write_text(
        "date,working\nx,1\n2026-01-01,maybe\n2026-01-01,1\n2026-01-01,0\n2026-01-02,1,,,,,\n", "utf-8"
    )
    (tmp_path / "other.csv").write_text("day,working\n", "utf-8")
    paths = [tmp_path / name for name in ("days.csv", "other.csv", "none.csv")]
    with pytest.raises(ConfigError) as caught:
        read_overlays(paths, "us")
    assert len(caught.value.complaints) >= 7
    assert english(caught.value.complaints) == []
    (tmp_path / "notice.txt").write_text("no notice", "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_notice(tmp_path / "notice.txt")
    assert english(caught.value.complaints) == []


MANIFEST = """[plugin]
name = "other"
contract = 2
kind = "carrier pigeon"
colour = "red"
[config.token]
secret = true
default = "x"
type = "colour"
[streams.a]
delivery = "slow"
ordered = "yes"
cursor = 3
[monitors.fire]
effective_from = "2026-01-31"
"""


def test_faults_of_a_manifest_and_of_a_sources_configuration(tmp_path: Path) -> None:
    (tmp_path / "tax").mkdir()
    (tmp_path / "tax" / "plugin.toml").write_text(MANIFEST, "utf-8")
    found = discover(tmp_path)["tax"].complaints
    assert len(found) > 8
    assert english(found) == []
    rest = discover(None)["rest"]
    config = {
        "base_url": "https://me:hush@tax.example",
        "client_secret": "hush",
        "timeout_s": "long",
        "retries": {"env": "NOBODY"},
        "username": {"file": "nowhere"},
        "speed": 3,
    }
    faults = resolve_config(rest, config, {}, base_dir=tmp_path)[1] + stream_specs(rest, config)[1]
    assert len(faults) >= 7
    assert english(faults) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "https://tax.example/list: ConnectError: [Errno 111] Connection refused",
        "https://tax.example/list answered 503",
        "https://tax.example/list answered 401: credentials refused",
        "https://tax.example/list answered with no JSON: Expecting value",
        "https://tax.example/list: 300 records announced, 200 sent",
        "the database says: no such column: flag",
        "table EX_SB has no column FLAG",
        "opening the store: connection refused",
        "start the database or correct [store] url",
        "raw page 7 is damaged",
    ],
)
def test_a_failure_of_a_source_or_of_the_store(sentence: str) -> None:
    assert re.search("[一-鿿]", told(sentence))


@pytest.mark.parametrize(
    ("line", "raw", "words"),
    [
        ('fee_paid = "f"', '"f": "x"', "fee_paid（f）：应为数字"),
        ('fee_paid = "f"', '"f": "1.234"', "fee_paid（f）：应为最多两位小数的金额"),
        ('closed_at = "c"', '"c": "soon"', "closed_at（c）：应为 ISO 8601 格式的时间"),
        ('title = { from = "t", required = true }', '"x": 1', "title（t）缺失：此字段必填"),
        ('result = { from = "r", codes = { "1" = "granted" } }', '"r": "2"', "应为代码表中的一个：1"),
        ('title = "t"\nphone = "p"', '"t": {"a": 1}, "p": {"a": 1}', "不是嵌套的对象；另有错误的字段：phone"),
    ],
)
def test_why_a_record_is_rejected(tmp_path: Path, line: str, raw: str, words: str) -> None:
    (tmp_path / "m.toml").write_text(CASE + line, "utf-8")
    mapping = load_mapping(tmp_path / "m.toml", codes_dir=tmp_path, zone=ZONE)
    record = f'{{"n": "1", {raw}}}'.encode()
    (rejected,) = mapping.streams["a"].apply([record], [0]).rejections
    assert words in told(rejected.message)


def test_what_a_server_says_at_length_is_left_as_it_is() -> None:
    """A text of many words could be of some shapes in millions of ways, each of which would be tried."""
    said = "code (x): expected y is absent: " * 300
    assert told(said) == said
