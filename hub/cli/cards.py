"""``hub card``: a person's acts on a finding, each with a name and a reason."""

import click

from hub.cli import words
from hub.cli.failures import DONE
from hub.cli.grammar import argument, family, option, verb
from hub.cli.invocation import Invocation
from hub.cli.printing import print_document, print_lines
from hub.i18n import N_, gettext

card = family("card", N_("Confirm, revoke, answer, appeal or close a finding."))

_ACTS = {
    "confirm": N_("Confirm a pending card: it is issued."),
    "revoke": N_("Revoke a card: it no longer counts, and stays on record."),
    "answer": N_("Record the department's answer to a card."),
    "appeal": N_("Record the department's appeal against a card."),
    "uphold": N_("Uphold a card after its appeal."),
    "escalate": N_("Escalate a card to the level above."),
    "rectify": N_("Record that what the card found was put right."),
    "close": N_("Close a card that was dealt with."),
}


def _declare(act: str, help_: str) -> click.Command:
    @verb(act, help_)
    @argument("finding_id", metavar="ID", type=int, help=N_("The finding, as hub findings numbers it."))
    @option("--by", required=True, metavar="NAME", help=N_("Who acts."))
    @option("--reason", required=True, metavar="TEXT", help=N_("Why; it is kept for ever."))
    def perform(invocation: Invocation, finding_id: int, by: str, reason: str) -> int:
        _not_blank("--by", by)
        _not_blank("--reason", reason)
        with invocation.app() as app:
            document = app.card(act, finding_id, by=by, reason=reason, now=invocation.now())
        if invocation.json:
            print_document(invocation, document)
        else:
            status = words.say(words.STATUSES, document.get("status"))
            text = gettext("Finding {id} is now: {status}").format(id=finding_id, status=status)
            print_lines(invocation, [text])
        return DONE

    return perform


def _not_blank(name: str, value: str) -> None:
    if not value.strip():
        raise click.BadParameter(gettext("write a text that is not blank"), param_hint=name)


for _act, _help in _ACTS.items():
    card.add_command(_declare(_act, _help))
