"""The masters: lists, laws and places, each found by what officers write."""

from __future__ import annotations

import unicodedata

import pytest

from mappers.codes import code_lists
from mappers.errors import MappingError
from mappers.folding import nfc

SCRIPTS = {
    "DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "GUJARATI", "GURMUKHI", "ORIYA", "ARABIC", "OL",
}  # fmt: skip


def scripts_of(text: str) -> set[str]:
    return {unicodedata.name(c).split()[0] for c in text if c.isalpha()} & SCRIPTS


@pytest.mark.parametrize("name", sorted(code_lists()))
def test_every_value_of_a_list_is_found_by_itself_and_by_its_spellings(name: str) -> None:
    codes = code_lists()[name]
    assert codes.values and codes.status in ("v", "g")
    for value in codes.values:
        assert codes.find(value) == value
        for way in codes.spellings.get(value, ()):
            assert codes.find(way) == value, way


@pytest.mark.parametrize("name", sorted(code_lists()))
def test_a_spelling_is_written_in_one_script_and_in_normal_form(name: str) -> None:
    for value, ways in code_lists()[name].spellings.items():
        for way in ways:
            assert len(scripts_of(way)) <= 1, (value, way)
            assert nfc(way) == way, (value, way)


def test_the_lists_of_the_forms_are_all_there() -> None:
    assert len(code_lists()) == 69
    assert code_lists()["religion"].find("हिन्दू") == code_lists()["religion"].find("ہندو") == "hindu"
    assert code_lists()["appellant_kind"].find("वाद पक्ष") == "complainant_victim"
    assert code_lists()["final_report_type"].find("C/S") == "charge_sheet"


def test_an_open_list_knows_that_it_is_not_complete() -> None:
    assert {n for n, c in code_lists().items() if c.is_open} == {"property_type", "vehicle_make"}


def test_a_value_of_a_law_bears_the_days_on_which_it_holds() -> None:
    valid = code_lists()["inquest_law"].valid
    assert valid["crpc_174"] == ("1974-04-01", "2024-06-30")
    assert valid["bnss_194"] == ("2024-07-01", "")


def test_days_of_a_value_that_a_list_has_not_are_refused() -> None:
    from mappers.codes.lists import _from_file

    with pytest.raises(MappingError, match="list x: days are given for b"):
        _from_file("x", {"status": "g", "values": ["a"], "valid": {"b": ["2024-07-01", ""]}})
