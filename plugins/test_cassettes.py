"""No cassette holds a secret, a token or a cookie."""

import re
from pathlib import Path

import pytest

CASSETTES = sorted(Path(__file__).parent.glob("*/cassettes/**/*.yaml"))
FORBIDDEN = re.compile(
    r"only-for-recording|demo-token|demo-of-the|authorization|set-cookie|^\s*cookie:|Bearer [^(]"
    r"|Basic [A-Za-z0-9+/]{8}|b25seS1mb3It|client_secret=(?!%28secret%29|\(secret\))",
    re.IGNORECASE | re.MULTILINE,
)


def test_there_are_cassettes_of_both_web_services() -> None:
    assert {path.relative_to(Path(__file__).parent).parts[0] for path in CASSETTES} == {"tax", "commerce"}


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda path: path.stem)
def test_a_cassette_is_scrubbed(cassette: Path) -> None:
    assert FORBIDDEN.findall(cassette.read_text("utf-8")) == []
