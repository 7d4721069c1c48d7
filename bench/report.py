"""The bench's rows as a Markdown table: rates, ratios to the limit of the same run, CPU, memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.measure import Sample


@dataclass(frozen=True, slots=True)
class Row:
    """One way of doing it; ``ratio`` to its limit, ``target`` what is asked of that ratio."""

    title: str
    rate: float
    sample: Sample
    ratio: float | None
    target: float | None

    @classmethod
    def of(cls, title: str, records: int, sample: Sample, limit: float | None, target: float | None) -> "Row":
        rate = records / sample.wall_s
        return cls(title, rate, sample, None if limit is None else rate / limit, target)


def table(rows: Sequence[Row]) -> str:
    """A Markdown table."""
    head = "| way | records/s | × limit | asked | wall s | CPU s | peak MB (each process) |"
    return "\n".join([head, "|---|--:|--:|--:|--:|--:|--:|", *map(_line, rows)])


def _line(row: Row) -> str:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    target = "" if row.target is None else f"≥ {row.target:.2f}"
    peaks = " + ".join(f"{peak:.0f}" for peak in row.sample.peaks_mb)
    return (
        f"| {row.title} | {row.rate:,.0f} | {ratio} | {target} "
        f"| {row.sample.wall_s:.2f} | {row.sample.cpu_s:.2f} | {peaks} |"
    )
