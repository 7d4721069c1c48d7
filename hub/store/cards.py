"""The life of a card: what a person may do with it in each state, and the log of what was done."""

from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from hub.errors import ConfigError
from hub.store.bulk import next_id, shut_out_writers
from hub.store.engine import writing
from hub.store.schema import dossiers
from hub.store.schema_audit import finding_log, findings
from hub.store.woken import note_woken

#: state → action → the state it leads to. Nothing leads out of revoked and closed; no card is removed.
#: From issued none leads to rectified or closed: else whoever has not answered would escape M14 that way.
LIFE: dict[str, dict[str, str]] = {
    "pending": {"confirm": "issued", "revoke": "revoked"},
    "issued": {
        "answer": "answered",
        "appeal": "appealed",
        "escalate": "escalated",
        "revoke": "revoked",
    },
    "answered": {
        "appeal": "appealed",
        "escalate": "escalated",
        "rectify": "rectified",
        "revoke": "revoked",
        "close": "closed",
    },
    # To confirm a card under appeal is to uphold it.
    "appealed": {"confirm": "upheld", "uphold": "upheld", "escalate": "escalated", "revoke": "revoked"},
    "upheld": {"escalate": "escalated", "rectify": "rectified", "revoke": "revoked", "close": "closed"},
    "escalated": {"answer": "answered", "rectify": "rectified", "revoke": "revoked", "close": "closed"},
    "rectified": {"close": "closed"},
    "revoked": {},
    "closed": {},
}
ACTIONS = frozenset(action for actions in LIFE.values() for action in actions)


def act(engine: Engine, finding_id: int, action: str, *, by: str, reason: str, now: int) -> dict[str, Any]:
    """Do something with a card; ConfigError when its state does not allow it or nobody answers for it."""
    _require_answerable(action, by, reason)
    with writing(engine, f"changing card {finding_id}") as connection:
        shut_out_writers(connection, finding_log)
        card = connection.execute(select(findings).where(findings.c.finding_id == finding_id)).first()
        if card is None:
            raise ConfigError(f"there is no card {finding_id}", remedy="hub findings lists the cards")
        status = _next_state(finding_id, card.status, action)
        _move(connection, finding_id, action, status, by.strip(), reason.strip(), now)
        if card.dossier_id is not None:
            _judge_again(connection, card.dossier_id)
    return {"finding_id": finding_id, "action": action, "from": card.status, "status": status}


def _require_answerable(action: str, by: str, reason: str) -> None:
    if action not in ACTIONS:
        raise ConfigError(f"nothing is called {action!r}", remedy=f"one of: {', '.join(sorted(ACTIONS))}")
    for name, value in (("--by", by), ("--reason", reason)):
        if not value.strip():
            raise ConfigError(f"{name} is blank", remedy="a card is only changed by someone, for a reason")


def _next_state(finding_id: int, status: str, action: str) -> str:
    allowed = LIFE[status]
    if action in allowed:
        return allowed[action]
    ways = f"possible now: {', '.join(sorted(allowed))}" if allowed else "nothing can follow that state"
    raise ConfigError(f"card {finding_id} is {status}: it cannot be changed by {action!r}", remedy=ways)


def _move(
    connection: Connection, finding_id: int, action: str, status: str, by: str, reason: str, now: int
) -> None:
    stamps = {"changed_at": now}
    if action == "confirm" and status == "issued":
        stamps["issued_at"] = now
    if action == "answer":
        stamps["answered_at"] = now
    connection.execute(
        update(findings).where(findings.c.finding_id == finding_id).values(status=status, **stamps)
    )
    entry = {"log_id": next_id(connection, finding_log.c.log_id), "finding_id": finding_id, "logged_at": now}
    connection.execute(
        insert(finding_log), {**entry, "action": action, "status": status, "by": by, "reason": reason}
    )


def _judge_again(connection: Connection, dossier_id: int) -> None:
    """What a person did may start or stop the clock of an answer."""
    source = select(dossiers.c.source_id).where(dossiers.c.dossier_id == dossier_id)
    note_woken(connection, connection.execute(source).scalar_one(), dossier_id, dossier_id)
