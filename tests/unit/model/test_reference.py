"""The field reference is made from the record kinds, in both languages."""

from typing import Literal

import pytest

from hub.model.kinds import KINDS
from hub.model.reference import field_reference


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_names_every_field_of_every_kind(language: Literal["en", "zh"]) -> None:
    text = field_reference(language)
    assert all(f"## `{kind.name}`" in text for kind in KINDS.values())
    assert all(f"| `{field.name}` |" in text for kind in KINDS.values() for field in kind.fields)


def test_it_marks_keys_and_personal_fields() -> None:
    lines = field_reference().splitlines()
    assert "| `applicant_id` | identifier | 证件号码: applicant's identifier | personal |" in lines
    assert any(line.startswith("| `case_no`") and line.endswith("| key |") for line in lines)
