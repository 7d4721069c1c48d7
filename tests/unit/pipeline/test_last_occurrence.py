"""A folder read again in full gives each key its last word."""

from hypothesis import given
from hypothesis import strategies as st

from hub.pipeline.last_occurrence import LastOccurrences

EVENTS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, b"1", b"2", b"3"])))


@given(EVENTS)
def test_what_is_held_is_the_last_that_differs_unless_the_stored_version_came_later(
    events: list[tuple[str, bytes | None]],
) -> None:
    held = LastOccurrences("cases")
    expected: dict[str, bytes] = {}
    for key, raw in events:
        expected.pop(key, None)
        if raw is None:
            held.settle(key)
        else:
            held.hold(key, raw, "file")
            expected[key] = raw
    try:
        found = [raw for batch in held.batches() for raw in batch.raws]
    finally:
        held.close()
    assert found == list(expected.values())
