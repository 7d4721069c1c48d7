"""Where no card stands there is nothing to compare, and the short way says what the long one would."""

from hypothesis import given
from hypothesis import strategies as st

from hub.model.instants import NO_INSTANT
from hub.model.verdicts import SEVERITIES, Finding, Subject
from hub.store.comparing import Card, Tally, compare

SUBJECTS = st.sampled_from(
    [
        Subject("case", "tax", "", 1),
        Subject("case", "tax", "", 2),
        Subject("source", "tax", "tax"),
        Subject("department", "tax", "地税局"),
    ]
)
#: A card of another case, which a person has ended and the facts no longer support: it asks for nothing.
STRANGER = Card(77, 999, "M05", "red", "revoked", False, ())


@st.composite
def findings(draw):
    return Finding(
        draw(SUBJECTS),
        draw(st.sampled_from(["M03", "M04", "M05", "M20"])),
        draw(st.sampled_from(SEVERITIES)),
        clock="whole_day",
        limit=draw(st.sampled_from([None, 5.0])),
        limit_unit="working_day",
        started_at=1,
        due_at=draw(st.sampled_from([NO_INSTANT, 2])),
        stopped_at=NO_INSTANT,
        elapsed=3.0,
        provisional=draw(st.booleans()),
        pending=draw(st.booleans()),
        department=None,
        item_code=None,
        legal_basis="",
        rule_version="",
        calendar_version="",
        reason="late",
        detail={},
    )


@given(
    found=st.lists(findings(), max_size=6),
    undecided=st.sets(st.sampled_from([1, 2])),
    monitors=st.none() | st.sets(st.sampled_from(["M03", "M04", "M05"])),
    graver=st.dictionaries(st.tuples(st.sampled_from([1, 2]), st.just("M04")), st.sampled_from(range(3))),
)
def test_without_a_standing_card_every_finding_is_new_as_it_is_beside_a_strangers_card(
    found, undecided, monitors, graver
):
    how = {"undecided": undecided, "monitors": monitors, "graver": graver}
    short, long = compare((), found, **how), compare([STRANGER], found, **how)
    assert short == long
    assert short.new == found
    counted = Tally()
    counted.count(short)
    assert (counted.issued + counted.pending, counted.gained) == (len(found), len(found))
