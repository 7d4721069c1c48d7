"""The commerce bureau's service, as recorded: SOAP in GBK, page by page, a fault when busy."""

from collections.abc import Callable
from pathlib import Path

import pytest

Pulled = Callable[..., list[dict[str, object]]]
CASSETTE = Path(__file__).parent / "cassettes/test_commerce/test_every_page_is_read_once_past_a_fault.yaml"


@pytest.mark.vcr
def test_every_page_is_read_once_past_a_fault(pulled: Pulled) -> None:
    rows = pulled("commerce", "cases", page_size=12)
    numbers = [row["SLH"] for row in rows if row.get("SLH")]
    assert len(numbers) == len(set(numbers)) >= 45


@pytest.mark.vcr
def test_names_in_gbk_are_read(pulled: Pulled) -> None:
    assert {row["BM"] for row in pulled("commerce", "cases")} == {"市工商局"}


def test_the_recording_holds_a_fault() -> None:
    assert "code: 500" in CASSETTE.read_text("utf-8")
