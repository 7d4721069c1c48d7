"""``hub quarantine``: rejected records, and their way back in."""

from typing import Any

from hub.cli import words
from hub.cli.failures import DONE, FAILED
from hub.cli.grammar import argument, family, option, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import plain, print_document, print_facts, print_lines, print_table
from hub.cli.sentences import told
from hub.cli.syncing import COUNTS
from hub.i18n import N_, gettext

quarantine = family("quarantine", N_("List, show, retry or discard rejected records."))

_COLUMNS = (
    ("id", N_("id")),
    ("source", N_("source")),
    ("stream", N_("stream")),
    ("key", N_("key")),
    ("reason", N_("reason")),
    ("field", N_("field")),
    ("value", N_("value")),
    ("message", N_("message")),
    ("first_seen_at", N_("first seen")),
)


@verb("list", N_("List the records in quarantine."))
@argument("source", required=False, help=N_("Records of one source; none: of all."))
def list_(invocation: Invocation, source: str | None) -> int:
    with invocation.app() as app:
        document = app.quarantine_list(source)
    if invocation.json:
        print_document(invocation, document)
    else:
        rows = [_in_words(row) for row in document["quarantined"]]
        print_table(invocation, rows, _COLUMNS, empty=N_("Nothing is in quarantine."))
    return DONE


@verb("show", N_("Show one record in quarantine with its raw text."))
@argument("quarantine_id", metavar="ID", type=int, help=N_("The record, as hub quarantine list numbers it."))
def show(invocation: Invocation, quarantine_id: int) -> int:
    with invocation.app() as app:
        document = app.quarantine_show(quarantine_id)
    if invocation.json:
        print_document(invocation, document)
    else:
        status = words.say(words.QUARANTINE_STATUSES, document.get("status"))
        print_facts(invocation, list({**_in_words(document), "status": status}.items()))
    return DONE


def _in_words(record: dict[str, Any]) -> dict[str, Any]:
    """Why the record was rejected, as people say it."""
    reason, message = record.get("reason"), record.get("message")
    said = message and told(message)
    return {**record, "reason": words.say(words.QUARANTINE_REASONS, reason), "message": said}


@verb("retry", N_("Map the records in quarantine again, after the mapping was mended."))
@argument("source", required=False, help=N_("Records of one source; none: of all."))
def retry(invocation: Invocation, source: str | None) -> int:
    with invocation.app() as app:
        document = app.quarantine_retry(source, now=invocation.now)
    if invocation.json:
        print_document(invocation, document)
    else:
        columns = (("source", N_("source")), *COUNTS)
        print_table(invocation, document["runs"], columns, empty=N_("Nothing is in quarantine."))
    return FAILED if any(run["status"] != "ok" for run in document["runs"]) else DONE


@verb("discard", N_("Discard a record in quarantine; who and why is kept."))
@argument("quarantine_id", metavar="ID", type=int, help=N_("The record, as hub quarantine list numbers it."))
@option("--by", required=True, metavar="NAME", help=N_("Who acts."))
@option("--reason", required=True, metavar="TEXT", help=N_("Why; it is kept for ever."))
def discard(invocation: Invocation, quarantine_id: int, by: str, reason: str) -> int:
    with invocation.app() as app:
        document = app.quarantine_discard(quarantine_id, by=by, reason=reason, now=invocation.now())
    if invocation.json:
        print_document(invocation, document)
    else:
        text = gettext("Record {id} is discarded.").format(id=plain(quarantine_id))
        print_lines(invocation, [text])
    return DONE


for _command in (list_, show, retry, discard):
    quarantine.add_command(_command)
