"""Mappings carry their own tests, which tell in what the mapping differs from them."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.errors import ConfigError
from hub.mapping.examples import ExampleResult, run_examples

ZONE = ZoneInfo("Asia/Shanghai")
MAPPING = """
[streams.s]
record = "case"
[streams.s.fields]
case_no = "n"
closed_at = "t"
fee_paid = "f"
"""


def results(tmp_path: Path, examples: str) -> list[ExampleResult]:
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "m.examples.toml").write_text(examples, encoding="utf-8")
    return run_examples(tmp_path / "m.toml", zone=ZONE)


HOLDS = [
    'raw = { n = "1" }\nexpected = { case = { case_no = "1", closed_at = "" } }',
    'raw = { n = "1", f = 12.5 }\nexpected = { case = { fee_paid = "12.50" } }',
    'raw = { n = "1", f = 12.5 }\nexpected = { case = { fee_paid = 12.5 } }',
    'raw = { n = "1", t = "2012-09-24" }\nexpected = { case = { closed_at = 2012-09-24 } }',
    'raw = { n = "1", t = "2012-09-24 08:00:00" }\nexpected.case.closed_at = 2012-09-24T00:00:00Z',
    'raw_json = \'{"n": 1}\'\nexpected.case.case_no = "1"',
    'raw = { n = "1" }\n[[examples.expected.case]]\ncase_no = "1"',
    'raw = { f = "x" }\nrejected = { reason = "bad_value", field = "fee_paid", value = "x" }',
]
DIFFERS = [
    ('raw = { n = "1", f = 12 }\nexpected.case.fee_paid = "13"', "case.fee_paid is '12.00', not '13'"),
    ('raw = { n = "1", t = "2012-09-24" }\nexpected.case.closed_at = "2012-09-24T00:00:00"', "closed_at is"),
    ('raw = { f = "x" }\nexpected = { case = {} }', "is rejected: bad_value"),
    ('raw = { n = "1" }\nrejected = { reason = "bad_value" }', "is accepted, not rejected"),
    ('raw = { f = "x" }\nrejected = { reason = "malformed" }', "reason 'bad_value', not 'malformed'"),
    ('raw = { n = "1" }\nexpected = {}', "also yields a case"),
    ('raw = { n = "1" }\nexpected = { case = [{}, {}] }', "yields 1 case, not 2"),
]


@pytest.mark.parametrize("example", HOLDS)
def test_an_example_holds(tmp_path: Path, example: str) -> None:
    (result,) = results(tmp_path, f'[[examples]]\nname = "x"\nstream = "s"\n{example}\n')
    assert (result.line, result.problems) == (1, ())


@pytest.mark.parametrize(("example", "problem"), DIFFERS)
def test_an_example_tells_the_difference(tmp_path: Path, example: str, problem: str) -> None:
    (result,) = results(tmp_path, f'[[examples]]\nname = "x"\nstream = "s"\n{example}\n')
    assert problem in result.problems[0]


def test_faults_of_the_examples_file_come_at_once_with_lines(tmp_path: Path) -> None:
    text = """
[[examples]]
stream = "t"
raw = { n = "1" }
expected = {}
[[examples]]
stream = "s"
raw = { n = "1" }
expected = { case = { case_nr = "1", fee_paid = "free" }, pause = {} }
rejected = {}
colour = 1
"""
    with pytest.raises(ConfigError) as caught:
        results(tmp_path, text)
    assert [complaint.key for complaint in caught.value.complaints] == [
        "examples[0].stream",
        "examples[1].colour",
        "examples[1]",
    ]
    with pytest.raises(ConfigError) as caught:
        results(tmp_path, text.replace("rejected = {}\ncolour = 1\n", "").replace('"t"', '"s"'))
    assert [(c.line, c.key) for c in caught.value.complaints] == [
        (9, "examples[1].expected.case.case_nr"),
        (9, "examples[1].expected.case.fee_paid"),
        (9, "examples[1].expected.pause"),
    ]
    with pytest.raises(ConfigError):
        results(tmp_path, "")
