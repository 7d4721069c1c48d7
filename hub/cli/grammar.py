"""The shape of the command line: translated help, options every verb shares, verbs loaded when used."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from hub.cli.invocation import Invocation
from hub.cli.wrapping import WideHelpFormatter
from hub.i18n import LANGUAGES, N_, gettext

F = TypeVar("F", bound=Callable[..., Any])


class HubContext(click.Context):
    formatter_class = WideHelpFormatter


class HubOption(click.Option):
    """An option whose help is a message id, translated when shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        return _translated(record, self.help) if record else None


class HubArgument(click.Argument):
    """An argument whose help is a message id, translated when shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        return _translated(super().get_help_record(ctx), self.help)


class HubCommand(click.Command):
    """A verb: its own options first, then those every verb shares."""

    context_class = HubContext

    def __init__(self, *args: Any, reports: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shared = shared_options(reports=reports)
        self.params = [*self.params, *self.shared]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option:
            option.help = gettext("Show this message and exit.")
        return option

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 never cut
        return gettext((self.short_help or self.help or "").split("\n\n")[0])

    def format_help_text(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        if self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(gettext(self.help))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own = [param for param in self.get_params(ctx) if param not in self.shared]
        _write_options(ctx, formatter, gettext("Options"), own)
        _write_options(ctx, formatter, gettext("Options of every verb"), self.shared)


class HubGroup(HubCommand, click.Group):
    """A family of verbs. ``lazy`` names verbs by module and attribute, imported when first used."""

    def __init__(self, *args: Any, lazy: dict[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy or {}

    def list_commands(self, _: click.Context) -> list[str]:
        return [*self.lazy, *self.commands]

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.lazy:
            module, attribute = self.lazy[cmd_name][0].split(":")
            command: click.Command = getattr(import_module(module), attribute)
            return command
        return self.commands.get(cmd_name)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        HubCommand.format_options(self, ctx, formatter)
        rows = [(name, gettext(help_)) for name, (_, help_) in self.lazy.items()]
        rows += [(name, command.get_short_help_str()) for name, command in self.commands.items()]
        with formatter.section(gettext("Commands")):
            formatter.write_dl(rows)


def verb(name: str, help_: str, *, reports: bool = True) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a verb; ``reports`` gives it --json. The function's first parameter is the Invocation."""

    def declare(function: Callable[..., Any]) -> click.Command:
        passed = click.make_pass_decorator(Invocation)(function)
        return click.command(name, cls=HubCommand, help=help_, reports=reports)(passed)

    return declare


def family(name: str, help_: str) -> HubGroup:
    """Declare a family of verbs."""
    return HubGroup(name=name, help=help_)


def option(*names: str, help: str, **kwargs: Any) -> Callable[[F], F]:  # noqa: A002 click's own word
    return click.option(*names, cls=HubOption, help=help, **kwargs)


def argument(name: str, *, help: str, **kwargs: Any) -> Callable[[F], F]:  # noqa: A002 click's own word
    return click.argument(name, cls=HubArgument, help=help, **kwargs)


def shared_options(*, reports: bool) -> list[click.Parameter]:
    """The options that may stand before or after any verb; they are kept in the Invocation."""
    config = click.Path(dir_okay=False, path_type=Path)
    languages = click.Choice([*LANGUAGES, "zh"])
    options = [
        _shared("--config", "config", type=config, help=N_("The installation's hub.toml (HUB_CONFIG).")),
        _shared("--lang", "language", type=languages, help=N_("The language of texts (HUB_LANG).")),
        _shared("--safe-mode", "safe_mode", is_flag=True, help=N_("Leave plugins from outside alone.")),
        _shared("-v", "--verbose", "verbosity", count=True, help=N_("Tell more; twice: everything.")),
    ]
    if reports:
        json = _shared("--json", "json", is_flag=True, help=N_("Print one JSON document and nothing else."))
        options.insert(0, json)
    return options


def _shared(*names: str, **kwargs: Any) -> click.Parameter:
    return HubOption(names, expose_value=False, callback=_remember, **kwargs)


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value:
        setattr(ctx.ensure_object(Invocation), str(param.name), value)


def _translated(record: tuple[str, str], text: str | None) -> tuple[str, str]:
    term, shown = record
    return (term, shown.replace(text, gettext(text), 1)) if text else record


def _write_options(
    ctx: click.Context, formatter: click.HelpFormatter, title: str, params: list[click.Parameter]
) -> None:
    options = (param for param in params if isinstance(param, click.Option))
    records = [record for option in options if (record := option.get_help_record(ctx))]
    if records:
        with formatter.section(title):
            formatter.write_dl(records)
