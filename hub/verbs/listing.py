"""hub findings: the cards that match, without what an audit or a proof would need."""

from dataclasses import replace
from typing import Any

from hub.store.listing import Filters, list_findings
from hub.verbs.installation import Installation


def findings(installation: Installation, filters: Filters, since: str | None) -> dict[str, Any]:
    """Every card that matches, pending included."""
    if since is not None:
        filters = replace(filters, since=installation.instant(since, "--since"))
    return {"findings": list_findings(installation.store.engine, filters, installation.settings.zone)}
