"""The menu: every verb, where it lives, and its one sentence; nothing is imported until it is used."""

import click

from hub.cli.grammar import HubGroup, HubOption
from hub.i18n import N_, gettext

VERBS: dict[str, tuple[str, str]] = {
    "demo": ("hub.cli.demonstrating:demo", N_("Pull and judge a simulated city, against what was planted.")),
    "init": ("hub.cli.installing:init", N_("Make a new installation: hub.toml, plugins/, mappings/.")),
    "check": ("hub.cli.installing:check", N_("Check configuration, plugins, mappings, store and sources.")),
    "sync": ("hub.cli.syncing:sync", N_("Pull sources into the store.")),
    "audit": ("hub.cli.auditing:audit", N_("Judge the cases that changed or came due.")),
    "findings": ("hub.cli.finding:findings", N_("List findings, pending ones included.")),
    "explain": ("hub.cli.proving:explain", N_("Prove the verdicts on one case, computed afresh.")),
    "case": ("hub.cli.proving:case", N_("Show one case: its record and its versions.")),
    "card": ("hub.cli.cards:card", N_("Confirm, revoke, answer, appeal or close a finding.")),
    "status": ("hub.cli.watching:status", N_("Show each source: last run, freshness, counts, alarms.")),
    "runs": ("hub.cli.watching:runs", N_("List past runs.")),
    "quarantine": ("hub.cli.quarantine:quarantine", N_("List, show, retry or discard rejected records.")),
    "calendar": ("hub.cli.days:calendar", N_("Show, import or check the calendar of working days.")),
    "workdays": ("hub.cli.days:workdays", N_("Count working days.")),
    "plugin": ("hub.cli.contributing:plugin", N_("List, start or test plugins.")),
    "mapping": ("hub.cli.contributing:mapping", N_("Check mappings, or try one on a record.")),
    "db": ("hub.cli.storing:db", N_("Upgrade, back up or check the store.")),
    "run": ("hub.cli.serving:run", N_("Run the daemon: scheduled syncs and audits.")),
    "completion": ("hub.cli.completing:completion", N_("Print the completion script of a shell.")),
}  # fmt: skip


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(gettext("hub, version {version}").format(version=version("approval-hub")))
        ctx.exit()


root = HubGroup(
    name="hub",
    help=N_("Approval records of every department in one store, and the late ones flagged."),
    lazy=VERBS,
)
root.params.insert(
    0,
    HubOption(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
        help=N_("Show the version and exit."),
    ),
)  # fmt: skip
