"""hub card: what a person decides about a finding."""

from typing import Any

from hub.store.cards import act as act_on_card
from hub.verbs.installation import Installation


def act(
    installation: Installation, action: str, finding_id: int, *, by: str, reason: str, now: int
) -> dict[str, Any]:
    """Confirm, revoke, answer, appeal, …; who, when and why are kept for ever."""
    done = act_on_card(installation.store.engine, finding_id, action, by=by, reason=reason, now=now)
    return {**done, "by": by, "reason": reason, "at": installation.iso(now)}
