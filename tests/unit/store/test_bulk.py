"""Rows added many at once are read back as they were given, on both engines."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from hub.errors import StoreError
from hub.store.bulk import append
from hub.store.engine import reading, writing
from hub.store.schema_audit import finding_log, findings

HOSTILE = ("a\tb", "a\nb\r\n", "\\N", "\\.", "a\\tb", "", " ", "'\";--", "\x01\x7f", "张三🀄", "e\u0301")
TEXT = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20
)
INTEGER = st.integers(-(2**63), 2**63 - 1)
REAL = st.floats(allow_nan=False) | st.integers(-(2**53), 2**53)
ROW = st.tuples(*(st.none() | one for one in (INTEGER, INTEGER, REAL, REAL, TEXT, TEXT)))
#: Columns that may be absent, of each type that is ever appended.
NAMES = ("due_at", "stopped_at", "limit", "elapsed", "department", "limit_unit")
FILLED = dict.fromkeys(("subject_kind", "source", "monitor", "severity", "status", "clock"), "x")


def add_cards(store, rows):
    """Cards from 1 on with these values in NAMES."""
    count = len(rows)
    columns = {name: [word] * count for name, word in FILLED.items()}
    columns |= {"finding_id": range(1, count + 1), "subject_key": [str(n) for n in range(count)]}
    columns |= {"detected_at": [5] * count, "changed_at": [5] * count}
    columns |= dict(zip(NAMES, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(NAMES, ())
    with writing(store.engine, "adding cards") as connection:
        append(connection, findings, columns)


def cards(store):
    with reading(store.engine) as connection:
        query = select(*(findings.c[name] for name in NAMES)).order_by(findings.c.finding_id)
        return [tuple(row) for row in connection.execute(query)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, max_size=20))
def test_every_value_arrives_as_given(store, rows):
    with writing(store.engine, "beginning again") as connection:
        connection.execute(delete(findings))
    add_cards(store, rows)
    assert cards(store) == rows


def test_a_number_is_what_its_column_is(store):
    add_cards(store, [(1, 2, 12, 12.5, "a", None), (1, 2, 12.5, 12, "a", None)])
    (_, _, *first, _, _), (_, _, *second, _, _) = cards(store)
    assert list(map(repr, [*first, *second])) == ["12.0", "12.5", "12.5", "12.0"]


def test_many_rows_arrive_in_order(store):
    count = 20_000
    with writing(store.engine, "adding entries") as connection:
        numbers = range(1, count + 1)
        bodies = [f'{{"said": "第{n}条"}}' if n % 3 else None for n in numbers]
        same = {"logged_at": [7] * count, "action": ["issued"] * count, "status": ["issued"] * count}
        append(connection, finding_log, {"log_id": numbers, "finding_id": numbers, "body": bodies, **same})
    with reading(store.engine) as connection:
        query = select(finding_log.c.log_id, finding_log.c.body).order_by(finding_log.c.log_id)
        assert [tuple(row) for row in connection.execute(query)] == list(zip(numbers, bodies, strict=True))


def test_what_is_not_given_is_what_the_table_says(store):
    add_cards(store, [(None,) * len(NAMES)])
    with reading(store.engine) as connection:
        assert connection.execute(select(findings.c.supported, findings.c.reason)).one() == (1, "")


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_text_with_a_nul_which_postgresql_cannot_keep_is_refused_with_all_that_came_with_it(store):
    with pytest.raises(StoreError, match="adding cards"):
        add_cards(store, [(1, 2, 3, 4, "a", None), (1, 2, 3, 4, "a\0", None)])
    assert cards(store) == []


def test_half_a_character_is_refused_with_all_that_came_with_it(store):
    with pytest.raises(UnicodeEncodeError):
        add_cards(store, [(1, 2, 3, 4, "a", None), (1, 2, 3, 4, "\ud800", None)])
    assert cards(store) == []
