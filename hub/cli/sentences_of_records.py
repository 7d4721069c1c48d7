"""What is said of one raw record that a mapping cannot take."""

from hub.i18n import N_

OF_RECORDS = (
    N_("{field} ({source}): expected {what}"),
    N_("{field} ({source}) is absent: every record needs its key"),
    N_("{field} ({source}) is absent: this field is required"),
    N_("{fault}; also at fault: {names}"),
    N_("{field}: no record is made from this value; known are {names}"),
    N_("one of the codes {names}"),
    N_("a text, not a nested object"),
    N_("a text or a number of at most 300 digits"),
    N_("a text or a finite number"),
    N_("a text or a list of texts, not nested lists"),
    N_("an identifier as text: so large a number has lost its last digits"),
    N_("an identifier of at most {most} characters, found {count}"),
    N_("a number, not true or false"),
    N_("a number"),
    N_("a number of at most {most} digits"),
    N_("a number between 0.000000000000001 and 999999999999999"),
    N_("an amount of at most {most} digits"),
    N_("an amount with at most two decimals"),
    N_("true or false (1 0, yes no, 是 否)"),
    N_("a unit: {names}"),
    N_("a length with its unit, such as 5个工作日"),
    N_("a unit beside the length"),
    N_("a date in ISO 8601"),
    N_("a time in ISO 8601"),
    N_("a date as {formats}"),
    N_("a time as {formats}"),
)
