"""Codes of the documents as words for people: one table per place, because a code may recur elsewhere."""

from collections.abc import Mapping

from hub.i18n import N_, current_language, gettext

SEVERITIES = {"warning": N_("warning"), "yellow": N_("yellow"), "red": N_("red")}

VERDICTS = {**SEVERITIES, "none": N_("no finding"), "undecided": N_("undecided")}

#: Who sets a limit that the catalogue does not.
LIMITS = {
    "law": N_("by law, because the item names none"),
    "rule": N_("by the rule"),
    "step": N_("as the step says"),
    "application": N_("as applied for"),
}

STATUSES = {
    "pending": N_("pending"),
    "issued": N_("issued"),
    "answered": N_("answered"),
    "appealed": N_("appealed"),
    "upheld": N_("upheld"),
    "revoked": N_("revoked"),
    "escalated": N_("escalated"),
    "rectified": N_("rectified"),
    "closed": N_("closed"),
}

RUN_STATUSES = {
    "ok": N_("ok"),
    "partial": N_("partial"),
    "failed": N_("failed"),
    "running": N_("running"),
    "paused": N_("paused"),
    "never": N_("never run"),
    "silent": N_("silent"),
}

PLUGIN_STATES = {"loaded": N_("loaded"), "failed": N_("failed"), "blocked": N_("blocked")}

CLOCKS = {
    "whole_day": N_("whole-day clock"),
    "elapsed": N_("elapsed clock"),
    "instant": N_("by the instant"),
}

UNITS = {
    "working_day": N_("working days"),
    "calendar_day": N_("calendar days"),
    "working_hour": N_("working hours"),
    "hour": N_("hours"),
    "month": N_("months"),
    "second": N_("seconds"),
}

DAYS = {
    "weekday": N_("working day"),
    "weekend": N_("weekend"),
    "holiday": N_("public holiday"),
    "make_up": N_("make-up working day"),
    "local_working": N_("working day by local order"),
    "local_off": N_("day off by local order"),
    "pause": N_("during a special procedure"),
    "starting_day": N_("the starting day is not counted"),
    "closed": N_("outside office hours"),
    "calendar_day": N_("calendar day"),
    "rolled": N_("the last day fell on a day off and rolls on"),
}

STARTS = {
    "accepted": N_("from acceptance"),
    "supplemented": N_("from the day the last required paper came in"),
    "deemed": N_("from receipt: deemed accepted"),
    "waiting": N_("not accepted yet, and there is still time"),
    "awaiting_supplement": N_("waiting for papers asked for"),
    "refused": N_("refused: no clock ran"),
    "no_facts": N_("neither receipt nor acceptance is given"),
    "uncertain": N_("whether it was accepted in time is not yet known"),
}

PAUSES = {
    "counted": N_("taken out: its kind stops this clock"),
    "capped": N_("taken out up to the length applied for"),
    "clipped": N_("taken out only between the clock's start and its stop"),
    "merged": N_("taken out only where no earlier pause ran"),
    "not_allowed": N_("refused: its kind does not stop this clock"),
    "no_start": N_("refused: it has no start"),
    "empty": N_("refused: its end is not after its start"),
    "outside": N_("refused: over before the clock started, or begun after it stopped"),
    "not_yet": N_("refused: it begins after the instant judged as now"),
    "covered": N_("refused: earlier pauses ran all the while"),
    "after_deadline": N_("refused: begun when the limit was already used up"),
    "no_time": N_("refused: no time that counts lies in it"),
}

EXTENSIONS = {
    "valid": N_("valid"),
    "repeated": N_("void: the limit was extended already"),
    "late": N_("void: approved after the deadline that held without it"),
    "too_long": N_("void: longer than the law allows"),
    "no_reason": N_("void: no reason is given"),
    "no_authority": N_("void: no authority approved it"),
    "excluded": N_("void: the rule knows no extensions"),
    "bad_length": N_("void: its length cannot be used"),
    "other_unit": N_("void: in a unit that the limit cannot take"),
    "not_yet": N_("void: approved after the instant judged as now"),
    "no_date": N_("void: no date of approval is given"),
}

EVENTS = {
    "issued": N_("issued"),
    "pending": N_("found, waiting for a person"),
    "lapsed": N_("lapsed"),
    "restated": N_("restated by newer facts"),
    "confirm": N_("confirmed"),
    "revoke": N_("revoked"),
    "answer": N_("answered"),
    "appeal": N_("appealed"),
    "uphold": N_("upheld"),
    "escalate": N_("escalated"),
    "rectify": N_("rectified"),
    "close": N_("closed"),
    "unsupported": N_("no longer supported by the facts"),
    "supported": N_("supported by the facts again"),
}

NOT_WRITTEN = {
    "dry_run": N_("Dry run: no card was written. It found:"),
    "other_rules": N_("Dry run, because other rules were given: no card was written. It found:"),
    "other_items": N_("Dry run, because another catalogue was given: no card was written. It found:"),
    "known_at": N_("Dry run, because what was known was limited: no card was written. It found:"),
    "as_of_in_the_future": N_("Dry run, because as-of lies in the future: no card was written. It found:"),
    "as_of_before_last_audit": N_(
        "Dry run, because as-of lies before the last written audit: no card was written. It found:"
    ),
}

CALENDAR_FAULTS = {
    "notice_missing": N_("The notice of the year is missing; dates beyond it are provisional."),
    "library_disagrees": N_("A library disagrees on a day; the notice decides."),
}

QUARANTINE_STATUSES = {"open": N_("open"), "resolved": N_("resolved"), "discarded": N_("discarded")}

#: The unified words of coded fields.
VALUES = {
    **UNITS,
    "granted": N_("granted"),
    "denied": N_("denied"),
    "returned": N_("returned"),
    "voided": N_("voided"),
    "forwarded": N_("forwarded"),
    "not_accepted": N_("not accepted"),
    "person": N_("person"),
    "enterprise": N_("enterprise"),
    "window": N_("window"),
    "online": N_("online"),
    "letter": N_("letter"),
    "other": N_("other"),
    "immediate": N_("immediate"),
    "promised": N_("promised"),
    "joint": N_("joint"),
    "upward": N_("upward"),
    "handle": N_("handle"),
    "review": N_("review"),
    "approve": N_("approve"),
    "hearing": N_("hearing"),
    "inspection": N_("inspection"),
    "testing": N_("testing"),
    "quarantine": N_("quarantine"),
    "appraisal": N_("appraisal"),
    "expert_review": N_("expert review"),
    "publicity": N_("publicity"),
    "verification": N_("verification"),
    "suspended": N_("suspended"),
}
#: The fields whose values are such words.
CODED = ("case_type", "applicant_type", "channel", "result", "kind", "limit_unit", "applied_unit", "unit")

QUARANTINE_REASONS = {
    "unknown_code": N_("unknown code"),
    "bad_value": N_("value does not convert"),
    "missing_required": N_("required field missing"),
    "missing_key": N_("key missing"),
    "malformed": N_("not readable"),
}


def say(table: Mapping[str, str], code: object) -> str:
    """The word of a code in the current language; a code nobody named stands for itself."""
    text = str(code or "")
    # Not translated when it is in no table: it may be a word of the source's that the catalogues also know.
    return gettext(table[text]) if text in table else text


def how_long(seconds: float | None) -> str:
    """A length of time in the largest unit that fits."""
    if seconds is None:
        return gettext("never")
    for size, unit in ((86_400, N_("{n} d")), (3600, N_("{n} h")), (60, N_("{n} min"))):
        if seconds >= size:
            return gettext(unit).format(n=int(seconds // size))
    return gettext("{n} s").format(n=int(seconds))


def say_reason(code: object) -> str:
    """The sentence of a verdict's reason; codes come from the audit."""
    from hub.audit.reasons import reason_texts

    return say(reason_texts(), code)


def say_value(field: str, value: object) -> object:
    """A coded value as its word, any other as it is."""
    coded = isinstance(value, str) and field.rpartition(".")[2] in CODED
    return say(VALUES, value) if coded else value


def say_start(code: object) -> str:
    """Why a clock starts where it does."""
    return say(STARTS, code) if code in STARTS else say_reason(code)


def say_field(name: str) -> str:
    """The name of a unified field, such as ``pause.started_at``, as officials call it in Chinese."""
    if not current_language().startswith("zh"):
        return name
    from hub.model.kinds import KINDS

    kind_name, _, field = name.rpartition(".")
    kind = KINDS.get(kind_name.split(".")[0].split("[")[0] or "case")
    if kind and any(candidate.name == field for candidate in kind.fields):
        text = kind.field(field).zh
        return f"{kind.zh}·{text}" if kind_name else text
    return name
