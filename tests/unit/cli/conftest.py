"""The command line on an App that only answers: what is parsed, what is printed, which exit code."""

import io
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from hub import i18n
from hub.cli.entry import run
from hub.cli.invocation import Invocation


class Answering:
    """An App whose every method returns (or raises) what it was given, and remembers how it was asked."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def __enter__(self) -> "Answering":
        return self

    def __exit__(self, *_: object) -> None: ...

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def answer(*args: Any, **kwargs: Any) -> Any:
            self.asked.append((name, args, kwargs))
            given = self.answers[name]
            if isinstance(given, BaseException):
                raise given
            return given

        return answer


class Said:
    """What one command line printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str, app: Answering) -> None:
        self.code, self.out, self.err, self.app = code, out, err, app


Hub = Callable[..., Said]


@pytest.fixture(autouse=True)
def undisturbed() -> Iterator[None]:
    """Language and logging are the process's: leave them as they were found."""
    root = logging.getLogger()
    handlers, level, language = root.handlers[:], root.level, os.environ.get("LANGUAGE")
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    i18n.deactivate()
    os.environ.pop("LANGUAGE", None)
    if language is not None:
        os.environ["LANGUAGE"] = language


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """``hub("sync", "--json", answers={"sync": …}, lang="en")`` on a minimal installation."""
    (tmp_path / "hub.toml").write_text("", "utf-8")

    def call(
        *arguments: str, answers: dict[str, Any] | None = None, lang: str = "en", encoding: str = "utf-8"
    ) -> Said:
        app = Answering(answers or {})
        out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace", write_through=True)
        err = io.StringIO()
        invocation = Invocation(
            env={"HUB_CONFIG": str(tmp_path / "hub.toml"), "HUB_LANG": lang},
            opener=lambda settings, safe_mode, env: app,
            out=out,
            err=err,
        )
        code = run(list(arguments), invocation)
        return Said(code, out.buffer.getvalue().decode(encoding), err.getvalue(), app)  # type: ignore[attr-defined]

    return call
