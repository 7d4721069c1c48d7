"""Day rules and the notices that make them: what a calendar is built from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class DayRule:
    """One date that is not what its weekday says. ``known_from``: nobody could know it before."""

    day: date
    working: bool
    name: str
    notice: str
    known_from: date


@dataclass(frozen=True, slots=True)
class Notice:
    """One published order. ``covers``: the year it settles, None for an amendment.

    Days of other years may be among ``days``: a New Year's notice moves days of December.
    """

    title: str
    number: str
    published: date
    covers: int | None
    days: tuple[DayRule, ...]

    @property
    def cited(self) -> str:
        """How a person cites it: title with number where the number is known."""
        return f"{self.title}（{self.number}）" if self.number else self.title

    def to_json(self) -> dict[str, Any]:
        """A plain document for the store; ``from_json`` reads it back equal."""
        return {
            "title": self.title,
            "number": self.number,
            "published": self.published.isoformat(),
            "covers": self.covers,
            "days": [_rule_to_json(rule) for rule in self.days],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Notice":
        """The notice that ``to_json`` wrote."""
        return cls(
            title=document["title"],
            number=document["number"],
            published=date.fromisoformat(document["published"]),
            covers=document["covers"],
            days=tuple(_rule_from_json(rule) for rule in document["days"]),
        )


def cite(notice: Notice) -> Notice:
    """The notice with its citation on each of its days that names none."""
    days = tuple(rule if rule.notice else replace(rule, notice=notice.cited) for rule in notice.days)
    return replace(notice, days=days)


def _rule_to_json(rule: DayRule) -> dict[str, Any]:
    return {
        "date": rule.day.isoformat(),
        "working": rule.working,
        "name": rule.name,
        "notice": rule.notice,
        "known_from": rule.known_from.isoformat(),
    }


def _rule_from_json(document: Mapping[str, Any]) -> DayRule:
    return DayRule(
        day=date.fromisoformat(document["date"]),
        working=document["working"],
        name=document["name"],
        notice=document["notice"],
        known_from=date.fromisoformat(document["known_from"]),
    )
