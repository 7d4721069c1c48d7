"""What was found against what was planted, per department and per monitor."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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
        sets = {"planted": self.planted, "found": self.found & self.planted}
        sets |= {"missed": self.missed, "false": self.false}
        return {name: sum(1 for mark in marks if mark[index] == word) for name, marks in sets.items()}

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
