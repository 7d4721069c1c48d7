"""The cursor moves only as far as a later pull may safely begin."""

import json

import pytest

from hub.model.records import Window

ALL = Window(None, None, "incremental")
MANIFEST = """
[plugin]
name = "mine"
contract = 1
kind = "code"
[stream.cursor_format]
[streams.cases]
cursor = "t"
ordered = ORDERED
"""


def pulled(order, run, pages, *, ordered="false", window=ALL, **more):
    code = f"""
    import json
    from hub.sdk import *
    class Mine(Source):
        def pull(self, ctx, stream, window):
            for values in json.loads({json.dumps(json.dumps(pages))}):
                yield Page([{{"t": t}} for t in values] + [{{"t": values[-1]}} for n in range(19_999)])
    @hookimpl
    def hub_source(): return Mine
    """
    account = run(order(code=code, manifest=MANIFEST.replace("ORDERED", ordered), window=window, **more))
    assert account.error is None, account.error.message + account.error.detail
    return [batch.cursor for batch in account.batches]


def day(number: int) -> str:
    return f"2024-05-{number:02} 08:00:00"


def utc(number: int) -> str:
    return f"2024-05-{number:02}T00:00:00+00:00"


def test_an_unordered_stream_commits_its_cursor_with_the_last_batch_only(order, run):
    assert pulled(order, run, [[day(3)], [day(1)], [day(2)]])[-1] == utc(3)
    assert set(pulled(order, run, [[day(3)], [day(1)], [day(2)]])[:-1]) == {None}


def test_an_ordered_stream_commits_the_value_below_the_last_one_seen(order, run):
    cursors = pulled(order, run, [[day(1)], [day(2)], [day(3)]], ordered="true")
    assert cursors == [None, utc(1), utc(3)]


def test_a_stream_that_is_not_as_ordered_as_it_says_is_treated_as_unordered(order, run):
    assert pulled(order, run, [[day(3)], [day(2)], [day(4)]], ordered="true")[1:] == [None, utc(4)]


def test_a_value_in_the_future_never_moves_the_cursor(order, run):
    assert pulled(order, run, [[day(1), "2099-01-01 00:00:00", day(1)]])[-1] == utc(1)
    assert pulled(order, run, [["2099-01-01 00:00:00"]])[-1] is None


def test_a_value_above_the_window_never_moves_the_cursor(order, run):
    window = Window(None, utc(2), "incremental")
    assert pulled(order, run, [[day(1), day(3), day(1)]], window=window)[-1] == utc(1)


def test_the_cursor_never_moves_back(order, run):
    assert pulled(order, run, [[day(1)]], committed=utc(5))[-1] is None
    assert pulled(order, run, [[day(6)]], committed=utc(5))[-1] == utc(6)


def test_a_range_asked_for_by_hand_moves_no_cursor(order, run):
    assert pulled(order, run, [[day(6)]], window=Window(utc(1), utc(9), "range"))[-1] is None


@pytest.mark.parametrize(
    ("values", "cursor"),
    [
        ([7, 9, 8], "9"),
        (["7", "10", "9"], "10"),
        (["20240501120000", "20240502120000"], "20240502120000"),
        (["2024-05-01", "2024-05-02"], "2024-05-01T16:00:00+00:00"),
        (["2024-05-01T00:00:00Z", "2024-05-01T07:59:00+08:00"], "2024-05-01T00:00:00+00:00"),
        (["2024-05-01T00:00:00.123456Z", "2024-05-01T00:00:00.1Z"], "2024-05-01T00:00:00.123456+00:00"),
        (["2024/05/01 08:00:00", None, "", "soon", [1], {"a": 1}], "2024-05-01T00:00:00+00:00"),
        ([None, "soon"], None),
        ([True], None),
    ],
)
def test_cursor_values_of_every_form_are_compared_by_what_they_mean(order, run, values, cursor):
    assert pulled(order, run, [values])[-1] == cursor
