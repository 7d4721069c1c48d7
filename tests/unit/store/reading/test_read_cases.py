"""One case with the origin of every fact; the state of the sources; notices read back."""

from datetime import UTC, date

from hub.clock.rules import DayRule, Notice
from hub.store.calendars import import_notice, imported_notices
from hub.store.cases import case_document, facts, one_case, raw_record, superseded
from hub.store.status import source_rows


def told(case, field):
    return next(fact for fact in facts(case, UTC) if fact["field"] == field)


def test_each_fact_names_the_stream_the_run_and_the_instant_that_first_brought_its_value(town):
    first = town.send(cases=[{"case_no": "A", "accepted_at": 2, "title": "x"}])
    second = town.send(cases=[{"case_no": "A", "accepted_at": 2, "title": "y"}])
    third = town.send(closings=[{"case_no": "A", "closed_at": 8, "title": "z"}])
    case = one_case(town.store, "tax", "A")
    assert [told(case, f)["run_id"] for f in ("accepted_at", "title", "closed_at")] == [first, second, third]
    assert [told(case, f)["stream"] for f in ("accepted_at", "title", "closed_at")] == [
        "cases",
        "cases",
        "closings",
    ]
    assert told(case, "accepted_at")["value"] == "1970-01-01T00:00:00.000001+00:00"
    place = told(case, "closed_at")["raw"]
    raw = raw_record(town.store, place["page_id"], place["index"])
    assert '"closed_at": 8' in raw["text"]
    assert raw["run_id"] == third


def test_a_value_that_came_back_was_first_seen_when_it_came_back(town):
    for title in ("x", "y", "x"):
        last = town.send(cases=[{"case_no": "A", "title": title}])
    assert told(one_case(town.store, "tax", "A"), "title")["run_id"] == last


def test_a_value_is_replaced_by_what_then_stood_not_by_what_came_too_late_to_stand(town):
    first = town.send(cases=[{"case_no": "A", "title": "second", "data_version": 2}])
    town.send(cases=[{"case_no": "A", "title": "first", "data_version": 1}])
    last = town.send(cases=[{"case_no": "A", "title": "third", "data_version": 3}])
    told = [s for s in superseded(one_case(town.store, "tax", "A"), UTC) if s["field"] == "title"]
    assert [(s["value"], s["run_id"], s["replaced_by"], s["replaced_by_run"]) for s in told] == [
        ("second", first, "third", last)
    ]


def test_facts_of_pauses_are_named_by_kind_and_key(town):
    town.send(pauses=[{"kind": "pause", "case_no": "A", "seq": "7", "started_at": 4}])
    fact = told(one_case(town.store, "tax", "A"), "pause.started_at")
    assert (fact["kind"], fact["key"]) == ("pause", "A/7")


def test_the_document_of_a_case_holds_its_record_rows_and_versions(town):
    run = town.send(cases=[{"case_no": "A", "fee_paid": 1250, "applicant_name": "王"}])
    town.send(cases=[{"case_no": "A", "fee_paid": 1300}])
    case = one_case(town.store, "tax", "A")
    document = case_document(case, UTC, history=True)
    assert document["record"] == {"case_no": "A", "fee_paid": 13.0, "withdrawn": False}
    assert len(document["rows"]) == 1
    old, new = document["versions"]
    assert (old["kind"], old["key"], old["stream"], old["run_id"]) == ("case", "A", "cases", run)
    assert old["values"] == {"case_no": "A", "fee_paid": 12.5, "applicant_name": "王"}
    assert old["to"] == new["from"]
    assert new["to"] is None
    assert len(case_document(case, UTC, history=False)["versions"]) == 1


def test_a_case_is_read_as_it_was_known_at_an_instant(town):
    town.send(cases=[{"case_no": "A", "closed_at": 4}])
    then = town.now
    town.send(cases=[{"case_no": "A", "closed_at": 6}])
    case = one_case(town.store, "tax", "A", known_at=then)
    assert told(case, "closed_at")["value"].endswith("000002+00:00")
    assert case.block.instants["closed_at"].tolist() == [4]
    assert one_case(town.store, "tax", "A", known_at=then - 1) is None
    assert one_case(town.store, "tax", "B") is None
    assert one_case(town.store, "land", "A") is None


def test_the_status_tells_cases_quarantine_and_age_of_each_source(town, another_town):
    town.send(cases=[{"case_no": "A"}, {"case_no": "B", "bad": True}])
    another_town("land").send(cases=[{"case_no": "A"}, {"case_no": "C"}])
    land, tax = source_rows(town.store, town.now + 2_000_000 * 60)
    assert (tax["source"], tax["state"], tax["cases"], tax["quarantined"]) == ("tax", "ok", 1, 1)
    assert (tax["last_success_at"], tax["age_s"]) == (town.now, 60)
    assert (land["source"], land["cases"], land["quarantined"]) == ("land", 2, 0)
    assert tax["last_run"]["received"] == 2


def test_an_imported_notice_is_read_back_and_replaced_by_a_later_reading(store):
    rule = DayRule(date(2027, 1, 1), False, "元旦", "国办发明电〔2026〕9号", date(2026, 11, 1))
    notice = Notice(
        "关于2027年部分节假日安排的通知", "国办发明电〔2026〕9号", date(2026, 11, 1), 2027, (rule,)
    )
    import_notice(store, notice, 1)
    import_notice(store, notice, 2)
    assert imported_notices(store) == [notice]
