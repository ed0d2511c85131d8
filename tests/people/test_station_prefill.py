"""What stands in the box at first: only what pays, and leaves no more wrong than typing does."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digitize.review.answering import AskedItem
from digitize.review.prefill import MISTYPED, NEVER, OVERLOOKED, PrefillFloors, compute_floors, find_floor
from digitize.review.station.task_view import list_offered
from digitize.review.station.tasks import Task
from digitize.workspace.calibration.values import TOGETHER, BlindAnswer
from digitize.workspace.decisions.items import Item, items_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.records import Decision, Records, Stored, group_alone, record_hash
from digitize.workspace.ledger.verdict import Verdict
from sample_data.makers.rule_examples import make_record
from validators.finding import Finding


def answers(*pairs, field="year"):
    return [BlindAnswer("f", field, "b", confidence, right) for confidence, right in pairs]


def test_a_reading_stands_in_the_box_from_where_few_are_wrong():
    found = compute_floors(answers(*[(0.9, True)] * 40, *[(0.6, False)] * 10, *[(0.8, True)] * 20))
    assert found["f", "year"] == found["f", TOGETHER] == 0.8


def test_what_is_mostly_wrong_never_does_and_few_answers_say_nothing():
    assert compute_floors(answers(*[(0.9, False), (0.9, True)] * 20))["f", "year"] == NEVER
    few = compute_floors([*answers(*[(0.9, True)] * 20), *answers(*[(0.9, True)] * 20, field="fir_no")])
    assert set(few) == {("f", TOGETHER)}


def test_before_any_answer_only_what_is_mostly_right_stands_in_the_box_and_prints_of_a_form_share_theirs():
    assert find_floor({}, "f", "year") == 0.8
    sure = [BlindAnswer(form, "year", "b", 0.98, True, "form en", 0.97) for form in ("a", "b") for _ in range(20)]
    found = compute_floors(sure)
    # Of less sure values, which were not asked blind, nothing is known.
    assert found["a", "year"] == found["b", "year"] == 0.8
    wrong = [replace(answer, right=n % 4 != 0) for n, answer in enumerate(sure)]
    assert compute_floors(wrong)["a", "year"] == NEVER


def test_a_station_against_the_one_told_is_offered_behind_it_and_not_in_the_box(tmp_path):
    at = {"id": "i", "record": "r", "cell": "zone:p/police_station", "fields": ("police_station",), "reading": "Basti"}
    rest = {
        "value": "Basti",
        "candidates": ("Bally", "Barua"),
        "confidence": 0.95,
        "why": (),
        "said": (),
        "source": "s",
    }
    item = Item(**at, **rest, page="p", told="Bally (intake)", is_at_odds=True)
    blank = Decision("r", item.cell, "Basti", "s", "iif1", "value", "", "")
    task = Task("b", item, AskedItem(blank, item.machine), "single", is_prefilled=False)
    assert list_offered(task) == ["Bally", "Basti", "Barua"]
    with Ledger.create(tmp_path / "ledger.sqlite") as ledger:
        assert not PrefillFloors(ledger).allow(item)


@given(st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.7, 0.9]), st.booleans()), min_size=30, max_size=200))
def test_no_more_stays_wrong_than_by_typing(pairs):
    floor = compute_floors(answers(*pairs))["f", "year"]
    shown = [right for confidence, right in pairs if confidence >= floor]
    assert not shown or (len(shown) - sum(shown)) * OVERLOOKED <= MISTYPED * len(shown)


def test_what_a_rule_objects_to_is_offered_and_does_not_stand_in_the_box(tmp_path):
    """By Enter alone a person would agree to a date that cannot be right."""
    at = {"id": "i", "record": "r", "cell": "zone:p/fir_date", "fields": ("fir_date",), "reading": "04/01/20"}
    rest = {"value": "2020-01-04", "candidates": (), "confidence": 0.95, "why": (), "said": (), "source": "s"}
    item = Item(**at, **rest, page="p", box=None)
    with Ledger.create(tmp_path / "ledger.sqlite") as ledger:
        floors = PrefillFloors(ledger)
        assert floors.allow(item)
        assert not floors.allow(replace(item, findings=(Finding("r", "fir_date", "X006", "review", "no"),)))
        assert not floors.allow(replace(item, is_at_odds=True))


def dated(page, day, *, alone=False, **more):
    plain = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009", "fir_no": page[-2:]}
    record = replace(make_record(page, {**plain, "fir_date": f"2009-{day}", **more}), pages=(page,))
    group = group_alone(page) if alone else "wb|Howrah|Bally|2009"
    open_ones = ("fir_date", "info_date") if "info_date" in more else ("fir_date",)
    return Stored(record, page, group, "Bally", "en", record_hash(record), verdict="review", open=open_ones)


def items_of_book(ledger, records, findings=()):
    """Items of records as they are asked, by record and first field. findings: on the last record."""
    with ledger.writing():
        for n, stored in enumerate(records, start=1):
            Catalogue(ledger).insert_scan(PageScan(stored.unit, f"{n:064}", 0, "b", 1, n))
            Records(ledger).replace_unit(stored.unit, [stored])
        verdicts = {s.record.id: Verdict("review", s.open, {}) for s in records}
        Records(ledger).set_verdicts(verdicts, findings)
    return {(i.record, i.fields[0]): i for s in Records(ledger).all() for i in items_of(ledger, s, {})}


def test_a_date_against_its_neighbours_does_not_stand_in_the_box_while_its_book_is_being_asked(tmp_path):
    """Station and year of that page are open, so no rule compares it with the others yet."""
    book = [dated(f"wb-0001-00{n:02}", f"03-{n:02}", alone=n == 6) for n in range(1, 10)]
    stray = dated("wb-0001-0006", "01-06", alone=True)
    with Ledger.create(tmp_path / "ledger.sqlite") as ledger:
        items = items_of_book(ledger, [*book[:5], stray, *book[6:]])
        of_zone = {at: replace(i, cell=f"zone:{at[0]}/fir_date", page=at[0]) for at, i in items.items()}
        floors = PrefillFloors(ledger)
        assert [at[0] for at, i in of_zone.items() if floors.is_contradicted(i)] == [stray.unit]


def test_both_dates_that_contradict_each_other_are_typed_and_a_date_of_another_year_too(tmp_path):
    plain = dated("wb-0001-0001", "03-01", info_date="2009-03-05")
    other = dated("wb-0001-0002", "03-02", info_date="2008-03-02")
    said = [Finding("wb-0001-0001", "info_date", "X002", "review", "no")]
    with Ledger.create(tmp_path / "ledger.sqlite") as ledger:
        items = items_of_book(ledger, [plain, other], said)
    assert {at for at, i in items.items() if i.is_at_odds} == {
        ("wb-0001-0001", "fir_date"), ("wb-0001-0001", "info_date"), ("wb-0001-0002", "info_date"),
    }  # fmt: skip
