"""Who applied in several sources, and what sources sent lately."""

from sqlalchemy import delete

from hub.model.instants import NO_INSTANT
from hub.store.applicants import arrivals, heard_until, shared_applicants
from hub.store.engine import writing
from hub.store.schema_audit import due, woken


def case(no, person=None, **fields):
    return {"case_no": no, **({"applicant_id": person} if person else {}), **fields}


def test_cases_of_one_applicant_in_two_sources_are_found_by_all_their_streams_tell(town, another_town):
    town.send(
        cases=[case("A", "p1", item_code="A1"), case("B", "p2"), case("C", "p1"), case("D")],
        closings=[case("A", received_at=7)],
    )
    assert len(shared_applicants(town.store.engine).dossier_ids) == 0
    another_town("land").send(cases=[case("A", "p1", item_code="A1", received_at=9), case("Z", "p3")])
    shared = shared_applicants(town.store.engine)
    told = zip(
        [shared.sources.word(i) for i in range(3)],
        [shared.items.word(i) for i in range(3)],
        shared.applicants.tolist(),
        shared.received_at.tolist(),
        strict=True,
    )
    assert sorted(told, key=str) == [
        ("land", "A1", 0, 9),
        ("tax", "A1", 0, 7),
        ("tax", None, 0, NO_INSTANT),
    ]


def test_only_applicants_with_a_due_case_are_looked_up_when_asked_for(town, another_town):
    town.send(cases=[case("A", "p1"), case("B", "p2")])
    another_town("land").send(cases=[case("A", "p1"), case("B", "p2")])
    with writing(town.store.engine, "test") as connection:
        connection.execute(delete(due))
        connection.execute(delete(woken))
    assert len(shared_applicants(town.store.engine, due_before=5).dossier_ids) == 0
    town.send(cases=[case("B", "p2", closed_at=4)])
    assert sorted(shared_applicants(town.store.engine, due_before=5).dossier_ids.tolist()) == [2, 4]


def test_arrivals_are_told_by_source_from_an_instant_on(town, another_town):
    town.send(cases=[case("A", received_at=5), case("B", received_at=9), case("C", received_at=7), case("D")])
    another_town("land").send(cases=[case("A")])
    found = arrivals(town.store.engine, 6)
    assert {name: sent.received_at.tolist() for name, sent in found.items()} == {"tax": [7, 9], "land": []}


def test_a_source_is_heard_as_far_as_its_slowest_stream(town):
    town.send(cases=[case("A")], bounds={"cases": 50})
    assert heard_until(town.store.engine) == {"tax": NO_INSTANT}
    town.send(bounds={"closings": 40, "pauses": 60, "resumes": 70})
    assert heard_until(town.store.engine) == {"tax": 40}
