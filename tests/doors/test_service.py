"""The daemon on an App that only answers: its pace, its silence, its survival and its end."""

import io
import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from hub.daemon.health import Health
from hub.daemon.schedule import Schedule
from hub.daemon.service import Service
from hub.errors import Busy, StoreError, Unavailable
from hub.log import configure_logging
from hub.model import instants
from hub.settings import Settings, load_settings

PATIENCE_S = 20.0


class City:
    """Stands in for the App: counts what it is asked and answers what the test says."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.synced: dict[str, int] = {}
        self.pulled: set[str] = set()
        self.pulled_before_audit: set[str] = set()
        self.alarms: dict[tuple[str, str], str] = {}
        self.answers: dict[str, Callable[[Callable[[], bool]], dict[str, Any]]] = {}
        self.history: dict[str, dict[str, Any]] = {}
        self.ages: dict[str, float] = {}
        self.silent: set[str] = set()

    def __enter__(self) -> "City":
        return self

    def __exit__(self, *_: object) -> None: ...

    def runs(self, name: str, limit: int) -> dict[str, Any]:
        return {"runs": [self.history[name]] if name in self.history else []}

    def sync(self, names: tuple[str, ...], *, stop: Callable[[], bool], **_: Any) -> dict[str, Any]:
        (name,) = names
        self.note(lambda: self.synced.update({name: self.synced.get(name, 0) + 1}))
        answer = self.answers.get(name, lambda _: ran("ok"))(stop)
        self.pulled.add(name)
        return {"runs": [{"source": name, **answer}]}

    def audit(self, **_: Any) -> dict[str, Any]:
        self.note(lambda: self.pulled_before_audit.update(self.pulled))
        return {"as_of": "x", "judged": 1}

    def next_due(self) -> int | None:
        return None

    def status(self, now: int) -> dict[str, Any]:
        return {
            "sources": [{"source": n, "state": "ok", "age_s": a} for n, a in self.ages.items()],
            "alarms": [],
        }

    def silence_alarms(self, now: int) -> dict[str, Any]:
        new = [n for n in sorted(self.silent) if ("silence", n) not in self.alarms]
        self.note(lambda: self.alarms.update({("silence", n): "nothing came" for n in new}))
        for _, name in [place for place in self.alarms if place[0] == "silence"]:
            if name not in self.silent:
                self.clear_alarm("silence", name, now)
        return {"alarms": [{"kind": "silence", "key": n, "message": "nothing came"} for n in new]}

    def raise_alarm(self, kind: str, key: str, message: str, now: int) -> None:
        self.note(lambda: self.alarms.update({(kind, key): message}))

    def clear_alarm(self, kind: str, key: str, now: int) -> None:
        self.note(lambda: self.alarms.pop((kind, key), None))

    def note(self, change: Callable[[], object]) -> None:
        with self.changed:
            change()
            self.changed.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE_S), "it never came"


def ran(status: str, kind: str | None = None) -> dict[str, Any]:
    error = {"kind": kind, "message": "no", "remedy": ""} if kind else None
    return {"status": status, "run_id": 1, "received": 0, "error": error}


Start = Callable[..., Service]


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    """The log goes to a text, and logging is left as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = io.StringIO()
    configure_logging(1, stream=out)
    yield out
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def city() -> City:
    return City()


@pytest.fixture
def start(tmp_path: Path, city: City) -> Iterator[Start]:
    services: list[tuple[Service, threading.Thread, list[int]]] = []

    def start(**sources: str) -> Service:
        text = "".join(f'[source.{n}]\nplugin = "files"\n{keys}\n' for n, keys in sources.items())
        (tmp_path / "hub.toml").write_text(text, "utf-8")
        settings = load_settings(tmp_path / "hub.toml", {})
        health = Health(tmp_path / "var" / "health.json")
        service = Service(settings, lambda: city, health, clock, threading.Event(), watch_s=0.05)
        codes: list[int] = []
        thread = threading.Thread(target=lambda: codes.append(service.run()))
        thread.start()
        services.append((service, thread, codes))
        return service

    yield start
    for service, thread, codes in services:
        service.stop.set()
        thread.join(PATIENCE_S)
        assert codes == [0], "the daemon did not stop cleanly"


def clock() -> int:
    return instants.at(datetime.now(UTC))


def test_each_source_is_pulled_again_and_again_at_its_pace(start: Start, city: City) -> None:
    start(tax='every = "1s"', land='every = "1d"')
    city.wait(lambda: city.synced.get("tax", 0) >= 2)
    assert city.synced["land"] == 1


def test_a_source_without_a_pace_is_left_alone(start: Start, city: City) -> None:
    start(tax='every = "1s"', byhand="")
    city.wait(lambda: city.synced.get("tax", 0) >= 2)
    assert "byhand" not in city.synced


@pytest.mark.parametrize(("status", "pulled"), [("ok", False), ("partial", True), ("failed", True)])
def test_a_restart_waits_for_its_time_unless_the_last_run_was_cut_short(
    start: Start, city: City, status: str, pulled: bool
) -> None:
    now = instants.isoformat(clock(), UTC)
    city.history["tax"] = {"started_at": now, "status": status}
    start(tax='every = "1d"', land='every = "1s"')
    city.wait(lambda: city.synced.get("land", 0) >= 2)
    assert ("tax" in city.synced) is pulled


def test_an_audit_follows_each_sync(start: Start, city: City) -> None:
    start(tax='every = "1d"')
    city.wait(lambda: city.pulled_before_audit == {"tax"})


@pytest.mark.parametrize(
    "error", [Unavailable("down"), Busy("by hand"), StoreError("gone"), ValueError("a bug")]
)
def test_a_source_that_fails_ends_neither_the_others_nor_itself(
    start: Start, city: City, error: Exception
) -> None:
    def fail(_: Callable[[], bool]) -> dict[str, Any]:
        raise error

    city.answers["tax"] = fail
    start(tax='every = "1s"', land='every = "1s"')
    city.wait(lambda: city.synced.get("tax", 0) >= 2 and city.synced.get("land", 0) >= 2)


def test_a_refused_credential_pauses_its_source_and_raises_an_alarm(start: Start, city: City) -> None:
    city.answers["tax"] = lambda _: ran("failed", "auth")
    service = start(tax='every = "1s"', land='every = "1s"')
    city.wait(lambda: ("source_paused", "tax") in city.alarms)
    assert service.schedule.is_paused("tax")
    city.wait(lambda: city.synced.get("land", 0) >= 3)
    assert city.synced["tax"] == 1


def test_a_paused_source_goes_on_once_someone_synced_it_by_hand(start: Start, city: City) -> None:
    city.answers["tax"] = lambda _: ran("failed", "auth")
    start(tax='every = "1s"')
    city.wait(lambda: ("source_paused", "tax") in city.alarms)
    city.answers["tax"] = lambda _: ran("ok")
    city.ages["tax"] = 0.0
    city.wait(lambda: city.synced["tax"] >= 2 and not city.alarms)


def test_silence_is_told_in_the_words_of_the_audit_once_and_ends_with_it(
    start: Start, city: City, log: io.StringIO
) -> None:
    city.silent = {"tax"}
    service = start(tax='every = "1d"')
    city.wait(lambda: ("silence", "tax") in city.alarms)
    city.silent = set()
    city.wait(lambda: not city.alarms)
    service.stop.set()
    told = [line for line in map(json.loads, log.getvalue().splitlines()) if line["event"] == "alarm_raised"]
    assert [(line["alarm"], line["about"], line["found"]) for line in told] == [
        ("silence", "tax", "nothing came")
    ]


def test_stopping_in_the_middle_of_a_sync_asks_it_to_stop_and_waits(start: Start, city: City) -> None:
    begun, ended = threading.Event(), threading.Event()

    def long(stop: Callable[[], bool]) -> dict[str, Any]:
        begun.set()
        while not stop():
            ended.wait(0.01)
        ended.set()
        return ran("partial", "stopped")

    city.answers["tax"] = long
    service = start(tax='every = "1d"')
    assert begun.wait(PATIENCE_S)
    service.stop.set()
    assert ended.wait(PATIENCE_S)


def test_health_is_a_file_and_a_page(start: Start, city: City) -> None:
    service = start(tax='every = "1s"')
    port = service.health.serve(0)
    city.wait(lambda: city.synced.get("tax", 0) >= 1)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
        assert json.load(answer)["state"] == "running"
    assert json.loads(service.health.file.read_text())["sources"]["tax"]["paused"] is False
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/etc", timeout=5)
    refused.value.close()
    assert refused.value.code == 404


def settings_of(tmp_path: Path, keys: str) -> Settings:
    (tmp_path / "hub.toml").write_text(f'[source.tax]\nplugin = "files"\n{keys}\n', "utf-8")
    return load_settings(tmp_path / "hub.toml", {})


@pytest.mark.parametrize(
    ("keys", "last", "first"),
    [
        ('every = "1d"', None, "2112-10-26T09:00:00+08:00"),
        ('every = "1d"', "2112-10-26T01:00:00+08:00", "2112-10-27T01:00:00+08:00"),
        ('every = "1d"', "2112-10-20T01:00:00+08:00", "2112-10-26T09:00:00+08:00"),
        ('cron = "0 7 * * *"', "2112-10-26T07:00:01+08:00", "2112-10-27T07:00:00+08:00"),
        ('cron = "0 7 * * *"', "2112-10-25T07:00:01+08:00", "2112-10-26T09:00:00+08:00"),
        ('cron = "0 7 * * 1"', "2112-10-24T07:00:01+08:00", "2112-10-31T07:00:00+08:00"),
    ],
)
def test_a_restart_neither_forgets_nor_repeats_a_run(
    tmp_path: Path, keys: str, last: str | None, first: str
) -> None:
    settings = settings_of(tmp_path, keys)
    schedule = Schedule(settings.zone, pytest.fail, pytest.fail, threads=1)
    before = {"tax": datetime.fromisoformat(last)} if last else {}
    # A century ahead, so that nothing comes due while the test looks.
    schedule.start(settings.sources, before, datetime.fromisoformat("2112-10-26T01:00:00+00:00"))
    try:
        due = schedule.next_run("tax")
    finally:
        schedule.stop()
    assert due is not None
    assert due.isoformat() == first
