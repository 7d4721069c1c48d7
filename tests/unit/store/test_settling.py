"""What is settled by columns is what comparing one by one would leave as it is, and nothing else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hub.model.blocks import Coded
from hub.model.breaches import Breaches
from hub.model.instants import NO_INSTANT
from hub.model.verdicts import SEVERITIES, Finding, Subject
from hub.store.columns import Columns, coded
from hub.store.comparing import Tally, compare
from hub.store.finding_rows import cards_of
from hub.store.settling import count_found, settle

#: Out of order, because a block is in order of case numbers.
IDS = np.array([30, 10, 20])
MONITORS = ("M03", "M04")
STATEMENTS = st.fixed_dictionaries(
    {
        "limit": st.sampled_from([None, 5.0]),
        "started_at": st.sampled_from([NO_INSTANT, 7]),
        "stopped_at": st.sampled_from([NO_INSTANT, 9]),
        "provisional": st.booleans(),
        "department": st.sampled_from([None, "tax", "land"]),
        "item_code": st.sampled_from([None, "A1"]),
        "reason": st.sampled_from(["late", "several_faults"]),
    }
)


def one_each(*by, alike):
    """Rows of which no two are alike in so many of what these strategies give."""
    status = st.sampled_from(("pending", "issued", "closed"))
    row = st.tuples(st.tuples(*by), STATEMENTS, st.booleans(), status)
    return st.lists(row, unique_by=lambda row: row[0][:alike], max_size=8)


def a_finding(case, monitor, severity, said, pending):
    unit = None if said["limit"] is None else "working_day"
    plain = {"clock": "whole_day", "due_at": 8, "elapsed": 1.0, "detail": {}}
    versions = dict.fromkeys(("legal_basis", "rule_version", "calendar_version"), "")
    subject = Subject("case", "town", "", int(IDS[case]))
    return Finding(
        subject, monitor, SEVERITIES[severity], limit_unit=unit, pending=pending, **plain, **versions, **said
    )


def breaches_of(monitor, found):
    """The findings of a monitor, by case and severity, as columns."""
    said = [statement for _, statement, _, _ in found]
    told = [a_finding(case, monitor, severity, s, p) for (case, severity), s, p, _ in found]
    limit = np.array([np.nan if f.limit is None else f.limit for f in told], dtype=np.float64)
    return Breaches(
        monitor=monitor,
        cases=np.array([case for (case, _), *_ in found], dtype=np.int64),
        severity=np.array([severity + 1 for (_, severity), *_ in found], dtype=np.int8),
        pending=np.array([f.pending for f in told], dtype=np.bool_),
        limit=limit,
        limit_unit=Coded(np.where(np.isnan(limit), -1, 0).astype(np.int32), ["working_day"]),
        **{
            name: np.array([getattr(f, name) for f in told], dtype=np.int64)
            for name in ("started_at", "due_at", "stopped_at")
        },
        provisional=np.array([s["provisional"] for s in said], dtype=np.bool_),
        department=coded([s["department"] for s in said]),
        item_code=coded([s["item_code"] for s in said]),
        reason=coded([s["reason"] for s in said]),
        tell=lambda rows: [told[row] for row in rows.tolist()],
    )


def card_columns(cards):
    said = [statement for _, statement, _, _ in cards]
    limit = np.array([np.nan if s["limit"] is None else s["limit"] for s in said], dtype=np.float64)
    numbers = {
        "finding_id": np.arange(len(cards)),
        "dossier_id": np.array([dossier for (dossier, _, _), *_ in cards], dtype=np.int64),
        "supported": np.array([int(supported) for _, _, supported, _ in cards], dtype=np.int64),
        "limit": limit,
        "due_at": np.full(len(cards), 8),
        "provisional": np.array([int(s["provisional"]) for s in said], dtype=np.int64),
        **{n: np.array([s[n] for s in said], dtype=np.int64) for n in ("started_at", "stopped_at")},
    }
    words = {
        "monitor": coded([monitor for (_, monitor, _), *_ in cards]),
        "severity": coded([SEVERITIES[severity] for (_, _, severity), *_ in cards]),
        "status": coded([status for *_, status in cards]),
        "limit_unit": coded([None if s["limit"] is None else "working_day" for s in said]),
        **{n: coded([s[n] for s in said]) for n in ("department", "item_code", "reason")},
    }
    return Columns(len(cards), numbers, words)


def as_sets(ruling):
    def key(entry):
        card, finding = (
            entry if isinstance(entry, tuple) and isinstance(entry[-1], Finding) else (entry, None)
        )
        return repr((card, finding))

    kinds = ("new", "restated", "released", "supported", "unsupported", "lapsed")
    return {kind: sorted(map(key, getattr(ruling, kind))) for kind in kinds}, ruling.unchanged


CASES, RANKS = st.sampled_from(range(3)), st.sampled_from(range(3))
DOSSIERS = st.sampled_from([*IDS.tolist(), 15])


@given(
    first=one_each(CASES, RANKS, alike=1),
    second=one_each(CASES, RANKS, alike=1),
    cards=one_each(DOSSIERS, st.sampled_from(MONITORS), RANKS, alike=3),
    stale=st.sets(CASES),
    undecided=st.sets(st.sampled_from(IDS.tolist())),
)
def test_breaches_set_against_cards_come_to_the_same_as_findings_one_by_one(
    first, second, cards, stale, undecided
):
    found = [breaches_of(monitor, rows) for monitor, rows in zip(MONITORS, (first, second), strict=True)]
    fresh = np.array([case not in stale for case in range(3)])
    left = undecided - {int(IDS[case]) for case in stale}
    own = [row for row in cards if row[0][0] in IDS[fresh]]
    told = [f for breaches in found for f in breaches.findings if f.subject.dossier_id in IDS[fresh]]
    expected = compare(cards_of(card_columns(own)), told, undecided=left)
    numbered = card_columns(cards)
    numbered.numbers["finding_id"] = np.array([own.index(row) if row in own else -1 for row in cards])

    settled = settle(found, numbered, IDS, fresh)
    ruling = compare(cards_of(settled.cards), settled.findings, undecided=left, graver=settled.graver)
    ruling.unchanged += settled.unchanged
    assert as_sets(ruling) == as_sets(expected)

    counted, one_by_one = Tally(), Tally()
    count_found(counted, found, (), IDS, fresh)
    one_by_one.count_findings(told)
    assert (counted.by_monitor, counted.by_severity) == (one_by_one.by_monitor, one_by_one.by_severity)
