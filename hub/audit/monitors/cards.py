"""M14 and M18: what happens to a case's cards: nobody answers, or a new report takes their ground away."""

from collections.abc import Iterator

import numpy as np

from hub.audit.catalogue import JOINT_LIMIT
from hub.audit.docket import Docket
from hub.audit.excerpt import take
from hub.audit.monitors.acceptance import answered
from hub.audit.monitors.after import closed_same_day, delivered
from hub.audit.monitors.deadlines import over_limit
from hub.audit.monitors.given import past_given_deadline
from hub.audit.outcome import Outcome, plain_outcome, told
from hub.audit.reported_before import as_reported_before
from hub.audit.rules import Rule
from hub.audit.spans import Span, limits_of, verdicts
from hub.clock.axes import ClockName
from hub.model.blocks import Children, Flags, Instants
from hub.model.instants import NO_INSTANT

_LATE = {
    "M01": answered,
    "M04": over_limit,
    "M05": over_limit,
    "M09": delivered,
    "M12": closed_same_day,
    "M27": past_given_deadline,
}


def cards_answered(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """M14: a yellow card that was not answered in its days; the Hub's own fact, no source needed.

    Nobody need answer a card that the facts no longer bear; but where a new report took its ground away
    (M18) it stands until a person decides.
    """
    del clock
    cards = docket.children("card")
    if cards is None:
        return plain_outcome(np.zeros(0, dtype=np.int64), rule.severity_code, [])
    answered, status = cards.instants["answered_at"], cards.words["status"]
    waiting = status.is_one_of("issued") | ((answered != NO_INSTANT) & ~status.is_one_of("revoked"))
    wanted = cards.words["severity"].is_one_of("yellow") & waiting
    wanted &= cards.instants["issued_at"] != NO_INSTANT
    fallen = wanted & ~_borne(docket, cards)
    if fallen.any():
        wanted &= ~fallen | _taken_away(docket, cards)
    rows = np.flatnonzero(wanted)
    limits = limits_of(cards.instants["issued_at"][rows], answered[rows], rule.param("threshold"))
    span = Span(cards.owners()[rows], limits, "card_unanswered", "card_unanswered", own=True)
    by = rule.clock or "whole_day"
    outcome = verdicts(docket, span, span.measured(docket, by), by, rule.severity_code)
    return outcome.with_details(
        lambda chosen: [{"card": cards.words["monitor"].word(row)} for row in rows[chosen].tolist()]
    )


def re_reported(docket: Docket, rule: Rule, clock: ClockName) -> Outcome:
    """M18: a new report says of a late case that it was in time: late by a card that stands, or by its own
    earlier report, though no audit came between the two."""
    del clock  # each by the clock of its own rule
    found: dict[int, dict[str, object]] = {}
    cards = docket.children("card")
    if cards is not None:
        moved = _taken_away(docket, cards)
        for case in np.unique(cards.owners()[moved]).tolist():
            found[case] = {"cards": _monitors(cards, case, moved)}
    for case, late in _late_before(docket).items():
        found.setdefault(case, {})["late_before"] = late
    cases = np.array(sorted(found), dtype=np.int64)
    details = [found[case] for case in cases.tolist()]
    return plain_outcome(cases, rule.severity_code, ["re_report_moved_dates"] * len(cases), told(details))


def _late_before(docket: Docket) -> dict[int, list[str]]:
    """Cases in time that were closed late by a report of their own, and by which monitors."""
    earlier = docket.children("earlier")
    if earlier is None:
        return {}
    then = Docket(as_reported_before(docket.block, earlier), docket.bench)
    late: dict[str, Instants] = {}
    for monitor, before in _lateness(then):
        ended = (before.severity > 0) & (before.undecided == 0) & (before.stopped_at != NO_INSTANT)
        late[monitor] = np.unique(earlier.owners()[before.cases[ended]])
    # As they are told now only those are judged once more: they are few.
    cases = np.unique(np.concatenate([*late.values(), np.zeros(0, dtype=np.int64)]))
    found: dict[int, list[str]] = {}
    for monitor, now in _lateness(Docket(take(docket.block, cases), docket.bench)) if len(cases) else ():
        quiet = cases[now.cases[_is_quiet(now)]]
        for case in np.intersect1d(late[monitor], quiet).tolist():
            found.setdefault(case, []).append(monitor)
    return found


def _lateness(docket: Docket) -> Iterator[tuple[str, Outcome]]:
    """What each monitor of lateness says, by the clock of its own rule."""
    for monitor, judged in _LATE.items():
        rule = docket.bench.rulebook[monitor]
        if rule.enabled:
            yield monitor, judged(docket, rule, docket.bench.clock_of(rule))


def _is_quiet(outcome: Outcome) -> Flags:
    """Rows that accuse nobody and leave nothing open."""
    quiet: Flags = (outcome.severity == 0) & (outcome.undecided == 0)
    return quiet


def _borne(docket: Docket, cards: Children) -> Flags:
    """Cards that the facts bear: as the monitors of this audit have found, else as the last one did."""
    borne: Flags = cards.numbers["supported"] == 1 if "supported" in cards.numbers else _all(cards)
    owners = cards.owners()
    for monitor, against in docket.against.items():
        borne = np.where(cards.words["monitor"].is_one_of(monitor), against[owners], borne)
    return borne


def _all(cards: Children) -> Flags:
    return np.ones(len(cards), dtype=np.bool_)


def _taken_away(docket: Docket, cards: Children) -> Flags:
    """Cards for lateness, not revoked, whose ground a new report took away."""
    standing = ~cards.words["status"].is_one_of("revoked")
    moved = np.zeros(len(cards), dtype=np.bool_)
    for monitor, judged in _LATE.items():
        own = docket.bench.rulebook[monitor]
        mine = standing & cards.words["monitor"].is_one_of(monitor)
        if own.enabled and mine.any():
            moved |= mine & _moved(docket, cards, judged(docket, own, docket.bench.clock_of(own)))
    return moved


def _moved(docket: Docket, cards: Children, now: Outcome) -> Flags:
    """Cards of cases now in time whose start, stop, given deadline or item is another than the card's."""
    owners = cards.owners()
    quiet, timed = np.zeros((2, len(docket)), dtype=np.bool_)
    quiet[now.cases] = _is_quiet(now)
    # What surely was in time is not measured, and then has no deadline.
    timed[now.cases] = (now.due_at != NO_INSTANT) | ~np.isnan(now.limit)
    # A deadline that is computed may move with calendar, pauses and law; one that is given only by a report.
    named = ("started_at", "stopped_at", *(("due_at",) if now.clock == "instant" else ()))
    other = np.zeros(len(cards), dtype=np.bool_)
    for name in named:
        other |= _spread(docket, now, getattr(now, name))[owners] != cards.instants[name]
    moved: Flags = quiet[owners] & ((timed[owners] & other) | _of_another_item(docket, cards))
    return moved | _of_another_type(docket, cards, quiet)


def _of_another_type(docket: Docket, cards: Children, quiet: Flags) -> Flags:
    """Cards of cases that by their own word were of another type, where neither item nor law moved.

    An immediate case that is none any more; the law's own limit, which is longer for joint handling.
    """
    told, owners = cards.words.get("monitor"), cards.owners()
    untyped = ((docket.version >= 0) & ~docket.item_typed)[owners]
    if told is None or not untyped.any():
        return np.zeros(len(cards), dtype=np.bool_)
    gone = told.is_one_of("M12") & ~docket.is_type("immediate")[owners]
    lawful = np.isnan(docket.bench.catalogue.numbers("statutory_limit", docket.version))[owners]
    before = cards.numbers.get("limit", np.full(len(cards), np.nan))
    joint = told.is_one_of("M05") & lawful & (before < JOINT_LIMIT) & docket.is_type("joint")[owners]
    other: Flags = untyped & (gone | (joint & quiet[owners]))
    return other


def _of_another_item(docket: Docket, cards: Children) -> Flags:
    """Cards of cases that were reported under another item than the card names."""
    told, items = cards.words.get("item_code"), docket.block.words["item_code"]
    if told is None:
        return np.zeros(len(cards), dtype=np.bool_)
    codes = {word: code for code, word in enumerate(items.words)}
    of_cards = np.array([*(codes.get(word, -2) for word in told.words), -1])[told.codes]
    now = items.codes[cards.owners()]
    other: Flags = (of_cards != -1) & (now >= 0) & (now != of_cards)
    return other


def _spread(docket: Docket, outcome: Outcome, column: Instants) -> Instants:
    """A column over an outcome's rows as a column over all cases."""
    wide = np.full(len(docket), NO_INSTANT, dtype=np.int64)
    wide[outcome.cases] = column
    return wide


def _monitors(cards: Children, case: int, moved: Flags) -> list[str | None]:
    rows = range(*cards.offsets[case : case + 2].tolist())
    return [cards.words["monitor"].word(row) for row in rows if moved[row]]
