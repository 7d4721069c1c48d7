"""The tax bureau's service, as recorded: OAuth2, cursors, a busy answer, gzip."""

from collections.abc import Callable
from pathlib import Path

import pytest

Pulled = Callable[..., list[dict[str, object]]]
CASSETTE = Path(__file__).parent / "cassettes/test_tax/test_every_page_is_read_once_past_a_busy_answer.yaml"


@pytest.mark.vcr
def test_every_page_is_read_once_past_a_busy_answer(pulled: Pulled) -> None:
    rows = pulled("tax", "cases", page_size=12)
    numbers = [row["lsh"] for row in rows if row["lsh"]]
    assert len(numbers) == len(set(numbers)) >= 30


@pytest.mark.vcr
def test_rows_come_in_order_of_their_time_of_change(pulled: Pulled) -> None:
    changed = [str(row["gxsj"]) for row in pulled("tax", "cases")]
    assert changed == sorted(changed)


def test_the_recording_holds_a_busy_answer() -> None:
    assert "code: 429" in CASSETTE.read_text("utf-8")
