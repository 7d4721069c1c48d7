"""The core computes what a run asks for; a plugin never does."""

from datetime import UTC, datetime

from hub.model.instants import at
from hub.pipeline.windows import WindowRequest, window_for

NOW = at(datetime(2012, 10, 26, 10, tzinfo=UTC))
CURSOR = "2012-10-26T09:00:00+00:00"


def test_a_stream_read_before_goes_on_from_its_cursor_less_the_overlap_up_to_now_less_the_settle() -> None:
    window = window_for(CURSOR, WindowRequest(NOW, overlap_s=7200, settle_s=60))
    assert window.lower == "2012-10-26T07:00:00+00:00"
    assert window.upper == "2012-10-26T09:59:00+00:00"
    assert window.mode == "incremental"


def test_a_stream_never_read_has_no_lower_bound() -> None:
    assert window_for(None, WindowRequest(NOW)).lower is None


def test_a_full_read_forgets_the_cursor() -> None:
    window = window_for(CURSOR, WindowRequest(NOW, full=True))
    assert (window.lower, window.mode) == (None, "full")


def test_an_integer_cursor_has_no_upper_bound_in_time() -> None:
    window = window_for("41", WindowRequest(NOW, overlap_s=7200))
    assert (window.lower, window.upper) == ("41", None)


def test_a_range_by_hand_is_asked_for_as_typed_and_moves_no_cursor() -> None:
    request = WindowRequest(NOW, since="2012-01-01T00:00:00+00:00")
    window = window_for(CURSOR, request)
    assert (window.lower, window.mode) == ("2012-01-01T00:00:00+00:00", "range")
    assert request.by_hand
