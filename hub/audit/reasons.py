"""Why a verdict is what it is: stable codes, and the English sentences that doors translate."""

from collections.abc import Mapping

#: code → msgid. Codes never change meaning: stored findings carry them.
REASONS: Mapping[str, str] = {
    "in_time": "within the limit",
    "over_limit_open": "past the limit and still open",
    "over_limit_closed": "closed after the limit had passed",
    "near_limit": "open, and the promised limit is near",
    "past_given_deadline_open": "past the deadline the source gave, and still open",
    "past_given_deadline_closed": "closed after the deadline the source gave",
    # undecided
    "held": "undecided: a record of this case is in quarantine",
    "no_case_record": "undecided: only parts of the case have arrived so far",
    "source_behind": "undecided: the source has not been heard beyond the instant that decides",
    "no_item_version": "undecided: no version of the item was in force",
    "no_facts": "undecided: neither receipt nor acceptance is known",
    "uncertain_start": "undecided: whether it was accepted in time is not yet known",
    "beyond_calendar": "undecided: the calendar does not reach that far",
    "bad_limit": "undecided: the limit cannot be used",
    "monitor_undecided": "undecided: the plugin's monitor cannot tell yet",
    "evaluation_failed": "undecided: the monitor failed on this case",
    # not judged
    "not_started": "the clock has not started",
    "refused": "refused: no clock ran",
    "no_promise": "the item promises no limit",
    "promise_too_short": "the promised limit is not longer than the warning time",
    "warning_only_while_open": "closed: warnings are only for open cases",
    # acceptance and notices
    "no_answer_in_time": "no acceptance, refusal or notice in time after receipt: deemed accepted",
    "answered_late": "answered only after the days allowed: deemed accepted from receipt",
    "second_notice": "a later notice asks for papers the first did not name",
    # extensions
    "extension_void": "an extension is void",
    # steps
    "step_over_limit": "a step took longer than its limit, though the case is in time",
    "steps_exceed_promise": "the limits of the steps together exceed the promised limit",
    # pauses
    "pause_near_applied": "a pause is near the length applied for",
    "pause_over_applied": "a pause is longer than the length applied for",
    "pause_open_on_closed": "a pause is still open on a closed case",
    "suspect_pause": "a pause shows signs of having been made up",
    # after the decision
    "not_delivered": "granted, not delivered in time",
    "delivered_late": "granted, delivered late",
    "immediate_not_same_day": "an immediate case not closed on the day it was accepted",
    # joint approval
    "member_late": "a member of a joint approval is late",
    "lead_closed_first": "the lead case was closed while a member was open",
    # cards
    "card_unanswered": "a yellow card was not answered in time",
    "re_report_moved_dates": "a new report changed the dates or the item of a case that was late",
    # order and lateness of data
    "out_of_order": "events are out of order",
    "in_the_future": "an event lies in the future",
    "one_person": "one person handled, reviewed and approved",
    "step_missing": "a required step is missing",
    "reported_late": "reported late",
    "entered_afterwards": "entered long after the fact",
    "seen_closed": "first seen already closed, though its source had been heard well after the closing",
    # silence
    "silent": "a normally active sender sends nothing",
    "sync_overdue": "a sync is overdue",
    # data quality
    "item_missing": "no item is named",
    "item_unknown": "the item is not in the catalogue",
    "item_not_in_force": "no version of the item was in force on that day",
    "bad_identifier": "the applicant's identifier is not valid",
    "dates_missing": "neither receipt nor acceptance is given",
    "several_faults": "several faults in the data",
    # duplicates and fees
    "duplicate": "the same applicant and item from another source at nearly the same time",
    "fee_not_standard": "the fee paid is not the standard fee",
    "fee_not_due": "a fee was taken where none is due",
    "fee_before_acceptance": "a fee was taken before acceptance",
    # why the clock starts where it does
    "accepted": "from acceptance",
    "supplemented": "from the day the last required paper came in",
    "deemed": "from receipt: deemed accepted",
    "received": "from receipt",
    "decided": "from the decision",
    # signs of a pause made up (M15)
    "registered_after_deadline": "registered when the limit had passed without it",
    "registered_after_closing": "registered after the case was closed",
    "starts_at_acceptance": "begins at the very instant of acceptance",
    "same_reason_again": "the same reason is given again and again",
    "just_long_enough": "just as long as the case needed to be in time",
    "no_basis": "no basis is given",
    "no_approver": "no approver is named",
    # what else a clock counts from
    "pause_started": "from the start of the pause",
    "step_started": "from the start of the step",
    "closed_undated": "from closing, because no decision is dated",
    # undecided, too
    "member_held": "undecided: a record of a member case is in quarantine",
}

_CODES: dict[str, int] = {reason: code for code, reason in enumerate(REASONS, start=1)}
#: Reasons by their code.
WORDS: tuple[str, ...] = ("", *REASONS)


def code_of(reason: str) -> int:
    """The number by which columns carry a reason; 0 is no reason."""
    return _CODES[reason]


def word_of(code: int) -> str:
    return WORDS[code]


def reason_texts() -> Mapping[str, str]:
    """Every reason code with its English msgid, for the catalogues of translations."""
    return REASONS
