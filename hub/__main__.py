"""``python -m hub`` and the ``hub`` command."""

from hub.memory import keep_warm


def main() -> None:
    """Run the command line of this process."""
    keep_warm()
    from hub.cli.entry import main as run  # not above: it loads much, and memory is to be set up before

    run()


if __name__ == "__main__":
    main()
