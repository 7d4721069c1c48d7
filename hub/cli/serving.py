"""``hub run``: the daemon, until it is told to stop."""

import os
import signal
import threading
from types import FrameType

import click

from hub.cli.grammar import option, verb
from hub.cli.invocation import Invocation
from hub.cli.stopping import stop_signals
from hub.i18n import N_


@verb(
    "run",
    N_(
        "Run the daemon: each source at its pace, audits after syncs and on time.\n\n"
        "It writes its health to var/health.json and stops cleanly on SIGTERM or Ctrl-C."
    ),
    reports=False,
)
@option(
    "--health-port",
    type=click.IntRange(0, 65_535),
    metavar="N",
    help=N_("Answer /health on this loopback port."),
)
def run(invocation: Invocation, health_port: int | None) -> int:
    from hub.daemon.health import Health
    from hub.daemon.service import Service

    invocation.start_logging(at_least=1)
    settings = invocation.settings()
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in stop_signals():
        signal.signal(number, on_signal)
    health = Health(settings.var / "health.json")
    if health_port is not None:
        health.serve(health_port)
    code = Service(settings, lambda: invocation.open(settings), health, invocation.now, stop).run()
    if code:
        invocation.err.flush()
        os._exit(code)  # a thread that would not stop cannot be ended in any other way
    return code
