"""What a card rests on beside its limits, as lines a person can check: instants, sums and signs."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.cli import words
from hub.cli.printing import Row, brief, plain
from hub.i18n import N_, gettext

_NAMES = {
    "faults": N_("found wrong"),
    "standard": N_("standard fee"),
    "paid": N_("fee paid"),
    "new": N_("asked for anew"),
    "event_at": N_("last event"),
    "recorded_at": N_("recorded by the source at"),
    "hours": N_("hours in between"),
    "first_seen_at": N_("first seen by the Hub at"),
    "heard_until": N_("source heard, without this case, until"),
    "closed_at": N_("closed according to the source at"),
    "cards": N_("cards concerned"),
    "card": N_("card concerned"),
    "late_before": N_("late by what was reported before"),
    "of_source": N_("first told by source"),
    "of_case_no": N_("there as case"),
    "last_arrival": N_("last case received at"),
    "heard_at": N_("source heard until"),
    "kind": N_("kind"),
    "name": N_("name"),
    "handler": N_("handled by"),
    "from": N_("from"),
    "steps": N_("limits of the steps together"),
    "promise": N_("promised limit"),
    "lead": N_("lead case"),
    "members": N_("members still open"),
    "limits": N_("limits passed"),
}


def evidence(finding: Row) -> Iterator[tuple[str, str]]:
    """The reason of a card, then each thing its detail names; texts are translated and plain."""
    reason = words.say_reason(finding.get("reason"))
    if reason:
        yield gettext("because"), plain(reason)
    detail = finding.get("detail") or {}
    for name, value in detail.items():
        if name in _NAMES and value not in (None, [], ""):
            yield gettext(_NAMES[name]), _said(value)
    for event in detail.get("events") or ():
        yield gettext("event"), _event(event)
    for pause in detail.get("pauses") or ():
        signs = pause.get("signs")
        if signs:
            yield gettext("pause from {at}").format(at=brief(plain(pause.get("from")))), _said(signs)
    for name, title in (("with", N_("with every pause")), ("without", N_("without the first of them"))):
        if name in detail:
            yield gettext(title), _clock(detail[name])


def _event(event: Mapping[str, Any]) -> str:
    """An event that lies before another it should follow, or in the future."""
    named = {name: words.say_field(plain(event.get(name))) for name in ("event", "before")}
    at = brief(plain(event.get("event_at")))
    if not event.get("before"):
        return gettext("{event} {at} lies in the future").format(event=named["event"], at=at)
    return gettext("{event} {at} lies before {before} {before_at}").format(
        **named, at=at, before_at=brief(plain(event.get("before_at")))
    )


def _said(value: Any) -> str:
    """A value, or a list of codes and texts, in words."""
    if not isinstance(value, list):
        return plain(words.say(words.VALUES, value) if isinstance(value, str) else value)
    return gettext(", ").join(plain(_word(each)) for each in value)


def _word(code: Any) -> str:
    told = words.say_reason(code)
    return words.say(words.EXTENSIONS, code) if told == code else told


def _clock(timing: Mapping[str, Any]) -> str:
    late = gettext("late") if timing.get("late") else gettext("in time")
    return gettext("due {at}, {verdict}").format(at=brief(plain(timing.get("due_at"))), verdict=late)
