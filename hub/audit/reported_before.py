"""Cases as they were reported before: the same block with the dates, item and type that a report replaced."""

from dataclasses import replace

import numpy as np

from hub.audit.excerpt import take
from hub.model.blocks import CaseBlock, Children, Coded
from hub.model.instants import NO_INSTANT

#: What an earlier report left open is as it is told now: another stream may tell it.
_FILLED = ("received_at", "accepted_at", "due_at")
#: The end is the earlier report's own, or none: what is told now would hide how late it was.
_OWN = ("refused_at", "decided_at", "closed_at", "delivered_at")


def as_reported_before(block: CaseBlock, earlier: Children) -> CaseBlock:
    """One case for each earlier report, with the pauses and extensions that are known now."""
    then = take(block, earlier.owners())
    instants = dict(then.instants)
    for name in _FILLED:
        told = earlier.instants[name]
        if name in instants:
            instants[name] = np.where(told == NO_INSTANT, instants[name], told)
    instants |= {name: earlier.instants[name] for name in _OWN}
    words = {**then.words, "result": earlier.words["result"]}
    for name in ("item_code", "case_type"):
        if name in words:
            words[name] = _filled(earlier.words[name], words[name])
    kept = {kind: rows for kind, rows in then.children.items() if kind not in ("card", "earlier", "member")}
    return replace(then, instants=instants, words=words, children=kept)


def _filled(told: Coded, otherwise: Coded) -> Coded:
    """The texts told, and where there are none the others."""
    words = [*told.words, *(word for word in otherwise.words if word not in set(told.words))]
    place = {word: code for code, word in enumerate(words)}
    table = np.array([*(place[word] for word in otherwise.words), -1], dtype=np.int32)
    return Coded(np.where(told.codes >= 0, told.codes, table[otherwise.codes]).astype(np.int32), words)
