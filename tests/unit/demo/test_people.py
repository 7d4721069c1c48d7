"""Applicants' identifiers hold, by the Hub's own check too."""

from random import Random

from hub.demo.people import applicant, well_formed
from hub.model.identifiers import check


def test_identifiers_hold_and_no_two_are_equal() -> None:
    random = Random(5)
    people = [applicant(number, random.random) for number in range(5000)]
    assert all(well_formed(person.id) and check(person.id).ok for person in people)
    assert len({person.id for person in people}) == len(people)
