"""What was found against what was planted, per department and per monitor."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.demo.planting.registry import LOOKALIKES
from hub.demo.truth import Truth

Mark = tuple[str, str, str, str]  # source, case number or other key, monitor, severity


@dataclass(frozen=True, slots=True)
class Score:
    """Marks planted and marks found; what is in one and not in the other."""

    planted: frozenset[Mark]
    found: frozenset[Mark]

    @property
    def missed(self) -> frozenset[Mark]:
        return self.planted - self.found

    @property
    def false(self) -> frozenset[Mark]:
        return self.found - self.planted

    def row(self, index: int, word: str) -> dict[str, int]:
        """Counts of the marks whose ``index``-th part is ``word``."""
        return self._count(lambda mark: mark[index] == word)

    def of_cases(self, cases: Collection[tuple[str, str]]) -> dict[str, int]:
        """Counts of the marks of these cases, each a source and a case number."""
        return self._count(lambda mark: mark[:2] in cases)

    def _count(self, counts: Callable[[Mark], bool]) -> dict[str, int]:
        sets = {"planted": self.planted, "found": self.found & self.planted}
        sets |= {"missed": self.missed, "false": self.false}
        return {name: sum(map(counts, marks)) for name, marks in sets.items()}

    def monitors(self) -> list[dict[str, Any]]:
        """One row per monitor planted or found."""
        names = sorted({mark[2] for mark in self.planted | self.found})
        return [{"monitor": name, **self.row(2, name)} for name in names]


def score(truth: Mapping[str, Truth], findings: Iterable[Mapping[str, Any]]) -> Score:
    """Compare the city's truth with the Hub's findings."""
    planted = {
        (source, case_no, monitor, severity)
        for source, known in truth.items()
        for case_no, (monitor, severity) in known.verdicts
    }
    found = {
        (f["source"], f["case_no"] or f["item_code"] or "", f["monitor"], f["severity"]) for f in findings
    }
    return Score(frozenset(planted), frozenset(found))


def patterns(truth: Mapping[str, Truth], marks: Score) -> list[dict[str, Any]]:
    """One row per planter: how many cases it planted, and what was found in them.

    ``innocent``: it looks like a fault and is none, so whatever were found of it would be false.
    """
    planted: dict[str, set[tuple[str, str]]] = {}
    for source, known in truth.items():
        for name, case_nos in known.plots.items():
            planted.setdefault(name, set()).update((source, case_no) for case_no in case_nos)
    innocent = {planter.__name__ for planter in LOOKALIKES}
    return [
        {"pattern": name, "innocent": name in innocent, "cases": len(cases), **marks.of_cases(cases)}
        for name, cases in sorted(planted.items())
    ]


def departments(
    truth: Mapping[str, Truth],
    runs: Iterable[Mapping[str, Any]],
    quarantined: Iterable[Mapping[str, Any]],
    titles: Mapping[str, str],
    marks: Score,
) -> list[dict[str, Any]]:
    """One row per department: what it sent, what was kept, and what was found in it.

    ``quarantined`` are the records that lie there, however often they were sent.
    """
    rejected = Counter(record["source"] for record in quarantined)
    sent: dict[str, Counter[str]] = {source: Counter() for source in truth}
    for run in runs:
        counts = sent[run["source"]]
        for name in ("received", "inserted", "updated"):
            counts[name] += run[name]
    return [
        {
            "source": source,
            "department": titles.get(source, source),
            "filings": known.filings,
            "pulled": sent[source]["received"],
            "stored": sent[source]["inserted"] + sent[source]["updated"],
            "bad": known.bad,
            "quarantined": rejected[source],
            **marks.row(0, source),
        }
        for source, known in truth.items()
    ]
