"""``hub completion``: the script a shell sources to complete hub's verbs and options."""

import click

from hub.cli.failures import DONE
from hub.cli.grammar import argument, verb
from hub.cli.invocation import Invocation
from hub.i18n import N_


@verb(
    "completion",
    N_('Print the completion script of a shell.\n\nFor bash: eval "$(hub completion bash)"'),
    reports=False,
)
@argument("shell", type=click.Choice(("bash", "zsh", "fish")), help=N_("The shell."))
def completion(invocation: Invocation, shell: str) -> int:
    from click.shell_completion import get_completion_class

    from hub.cli.verbs import root

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(shell)
    script = kind(root, {}, "hub", "_HUB_COMPLETE")
    invocation.out.write(script.source_template % script.source_vars() + "\n")
    return DONE
