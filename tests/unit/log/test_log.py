"""What is logged is redacted, whoever logs it, and goes to stderr."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import structlog

from hub.log import configure_logging, redact_text

Logged = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def undisturbed() -> Iterator[None]:
    """Logging is the process's: leave it as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def logged() -> Logged:
    out = io.StringIO()
    configure_logging(2, stream=out)
    return lambda: [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_event_is_one_json_line_off_a_terminal(logged: Logged) -> None:
    structlog.get_logger("hub").info("batch_stored", source="住建", received=3)
    (line,) = logged()
    assert (line["event"], line["source"], line["received"], line["level"]) == (
        "batch_stored",
        "住建",
        3,
        "info",
    )


@pytest.mark.parametrize(
    "key",
    ["token", "client_secret", "db_password", "Authorization", "applicant_name", "phone", "id", "api_key"],
)
def test_a_key_that_names_a_secret_or_a_person_is_blanked(logged: Logged, key: str) -> None:
    structlog.get_logger("hub").info("x", **{key: "hunter2", "inner": {key: ["hunter2"]}})
    assert "hunter2" not in json.dumps(logged())


def test_numbers_that_only_count_stay(logged: Logged) -> None:
    structlog.get_logger("hub").info("x", run_id=7, source_id=1)
    assert logged()[0]["run_id"] == 7


def test_httpx_logs_its_urls_without_passwords_and_query_values(logged: Logged) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    with httpx.Client(transport=transport) as client:
        client.get("http://u:hunter2@example.invalid/path?token=hunter3&page=2")
    text = json.dumps(logged())
    assert "example.invalid/path?token=" in text
    assert "hunter" not in text


def test_a_traceback_is_redacted_too(logged: Logged) -> None:
    try:
        raise ValueError("https://u:hunter2@h/ 410301199001011234")
    except ValueError:
        structlog.get_logger("hub").exception("pull_failed")
    text = json.dumps(logged())
    assert "ValueError" in text
    assert "hunter2" not in text
    assert "410301199001011234" not in text


def test_identity_and_phone_numbers_vanish_wherever_they_stand() -> None:
    assert redact_text("id 410301199001011234, tel 13800138000.") == "id …, tel …."


def test_a_long_case_number_is_not_taken_for_an_identity_number() -> None:
    assert redact_text("20160113000000000042") == "20160113000000000042"


def test_a_terminal_cannot_be_driven_by_what_is_logged() -> None:
    assert "\x1b" not in redact_text("a\x1b[2Jb")


def test_a_quiet_log_hears_warnings_only() -> None:
    out = io.StringIO()
    configure_logging(0, stream=out)
    structlog.get_logger("hub").info("quiet")
    structlog.get_logger("hub").warning("loud")
    assert "quiet" not in out.getvalue()
    assert "loud" in out.getvalue()


@pytest.mark.parametrize(
    "pair", ["password=hunter2", "client_secret=hunter2", "DB_PASSWD=hunter2", "token=hunter2;"]
)
def test_a_secret_said_as_a_pair_is_blanked_and_its_name_stays(pair: str) -> None:
    said = redact_text(f"login failed: {pair} was refused")
    assert "hunter2" not in said
    assert pair.partition("=")[0] in said
