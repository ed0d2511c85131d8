"""The spreadsheet and the station take answers in one way: a third person decides, and a name in no list is asked twice."""

import pytest

from digitize.masking.cases import CaseMasks
from digitize.review import sheet_import
from digitize.review.askable import list_askable
from digitize.review.sheet import FilledRow
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from digitize.workspace.run_context import build_run_context


@pytest.fixture(scope="module")
def place(office_of):
    return office_of()


@pytest.fixture(scope="module")
def items(place):
    """Zone of the first page -> the id of its item."""
    with Ledger(place.ledger) as ledger:
        asked = list_askable(ledger, build_run_context(place, ledger), {"wb-test-0001-0001-r1"})
    return {a.blank.field.rpartition("/")[2]: id for id, a in asked.items() if not a.is_measured}


@pytest.fixture
def sheet(place, monkeypatch):
    """Takes in a sheet of one line."""

    def take_in(item, operator, value="", verdict="", shown=""):
        row = FilledRow(2, item, value, verdict, operator, shown=shown)
        monkeypatch.setattr(sheet_import, "read_sheet", lambda _: [row])
        return sheet_import.import_review(place, place.folder / "any.xlsx", "")

    return take_in


def test_a_third_person_decides_between_two(place, items, sheet):
    item = items["year"]
    assert sheet(item, "A", "2018").accepted == 1
    ((line, said),) = sheet(item, "B", "2017").conflicts
    assert line == 2
    assert "third person" in said
    assert "2018" not in said
    assert sheet(item, "B", "2017").conflicts, "the same person twice is no third"
    assert sheet(item, "A", "2018").known == 1
    assert sheet(item, "C", "2017").accepted == 1
    with Ledger(place.ledger) as ledger:
        held = Records(ledger).decisions("wb-test-0001-0001-r1")["zone:wb-test-0001-0001/year"]
        assert (held.value, held.operator) == ("2017", "C")
        assert ledger.verify()
    assert sheet(item, "B", "2017").known == 1
    assert sheet(item, "A", "2018").conflicts, "and it begins anew"


def test_a_name_in_no_list_is_refused_with_its_line_until_somebody_is_sure(items, sheet):
    ((line, said),) = sheet(items["police_station"], "A", "Nowherepur").refused
    assert line == 2
    assert "in no list" in said
    assert "Nowherepur" not in said
    assert sheet(items["police_station"], "A", "Nowherepur", "sure").accepted == 1
    assert sheet(items["fir_date"], "A", "", "sure").conflicts


@pytest.mark.parametrize("shown", ["[masked]", ""])
def test_what_the_sheet_hid_is_not_confirmed(place, items, sheet, monkeypatch, shown):
    """Nor where its readings were taken out of it."""
    paths = lambda _, record: frozenset({"acts[0].section"})  # noqa: E731
    monkeypatch.setattr(CaseMasks, "list_masked_paths", paths)
    ((line, said),) = sheet(items["statutes"], "A", verdict="ok", shown=shown).conflicts
    assert line == 2
    assert "nobody saw" in said
    with Ledger(place.ledger) as ledger:
        assert not Records(ledger).decisions("wb-test-0001-0001-r1").get("zone:wb-test-0001-0001/statutes")


def test_what_an_unmasked_sheet_showed_is_confirmed(items, sheet, monkeypatch):
    monkeypatch.setattr(CaseMasks, "list_masked_paths", lambda _, record: frozenset({"acts[0].section"}))
    assert sheet(items["statutes"], "A", verdict="ok", shown="379").accepted == 1


def test_the_word_for_a_hidden_value_is_no_value(items, sheet):
    for typed in ("[masked]", " [Masked] "):
        ((_, said),) = sheet(items["fir_date"], "A", typed).conflicts
        assert "not a value" in said
