"""The masters: lists, laws and places, each found by what officers write."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from mappers.codes import (
    acts,
    bns_sections,
    code_lists,
    crime_heads,
    district_list,
    districts,
    find_section,
    heads_of,
    ipc_sections,
    load_stations,
    place_lists,
    punishments,
    sections,
    states,
    station_list,
)
from mappers.errors import MappingError
from mappers.states import load_state, state_codes
from mappers.text.folding import nfc

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
    assert {"religion", "occupation", "court_result", "crime_major_head", "po_status"} <= set(code_lists())
    assert len(code_lists()) >= 71
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
    from mappers.codes.lists import _read_list

    with pytest.raises(MappingError, match="list x: days are given for b"):
        _read_list("x", {"status": "g", "values": ["a"], "valid": {"b": ["2024-07-01", ""]}})


def test_a_section_knows_its_title_its_days_and_its_counterpart() -> None:
    theft = find_section("IPC", "379")
    assert theft is not None
    assert (theft.title, theft.valid_to, theft.other) == ("Punishment for theft", "2024-06-30", "BNS")
    assert theft.counterparts == ("303(2)",)
    back = find_section("BNS", "303(2)")
    assert back is not None and back.counterparts == ("379",) and back.valid_from == "2024-07-01"


@pytest.mark.parametrize(
    ("act", "number", "counterparts"),
    [
        ("CRPC", "154", ("173",)), ("CRPC", "161", ("180",)), ("CRPC", "173", ("193",)), ("CRPC", "41A", ("35(3)",)),
        ("BNSS", "173", ("154",)), ("IEA", "65B", ("63",)), ("IPC", "302", ("103(1)",)), ("IPC", "497", ()),
        ("BNS", "111", ()),
    ],
)  # fmt: skip
def test_counterparts_are_those_that_were_checked(act: str, number: str, counterparts: tuple[str, ...]) -> None:
    found = find_section(act, number)
    assert found is not None and found.counterparts == counterparts


def test_a_section_came_and_went_with_its_amendments() -> None:
    assert sections()["IPC", "498A"].valid_from == "1983-12-25"
    assert sections()["IPC", "497"].valid_to == "2018-09-26"
    assert sections()["IPC", "161"].valid_to == "1988-09-08"


def test_clauses_that_are_not_listed_lead_to_the_whole_section() -> None:
    found = find_section("IPC", "376(2)(n)")
    assert found is not None and found.number == "376"
    assert find_section("IPC", "999") is None


def test_every_section_the_code_had_is_listed_with_days_in_order() -> None:
    assert {n for a, n in sections() if a == "IPC"} == ipc_sections()
    whole = {n for a, n in sections() if a == "BNS" and "(" not in n}
    assert whole <= bns_sections() and len(whole) > 330
    assert all(s.valid_from <= (s.valid_to or "9999") for s in sections().values())


def test_a_counterpart_leads_back() -> None:
    for (act, number), section in sections().items():
        for other in section.counterparts:
            back = sections()[section.other, other].counterparts
            assert any(n == number or n.startswith(f"{number}(") for n in back), (act, number)


def test_what_is_not_the_old_offence_is_marked() -> None:
    assert {s.number for s in sections().values() if s.relation == "partly_replaced" and s.act == "IPC"} == {
        "124A",
        "309",
    }


def test_a_punishment_says_how_far_it_was_checked() -> None:
    theft = punishments()["379"]
    assert (theft.years, theft.cognizable, theft.status) == ("3", True, "checked")
    assert set(punishments()) <= ipc_sections()


def test_crime_heads_are_found_by_section_and_by_name() -> None:
    assert [h.minor for h in heads_of("IPC", "392")] == ["robbery"]
    assert [h.minor for h in heads_of("BNS", "303(2)")] == ["auto_motor_vehicle_theft", "other_theft"]
    assert heads_of("ARMS", "25") == ()
    assert code_lists()["crime_major_head"].find("डकैती") == "dacoity"
    assert set(code_lists()["crime_minor_head"].values) == set(crime_heads())


def test_every_state_has_a_profile_of_the_same_code() -> None:
    assert set(states()) == set(state_codes())
    assert all(states()[c].lgd == load_state(c).lgd_code for c in states())


def test_no_district_is_lost_and_every_state_has_some() -> None:
    assert len(districts()) == 780
    assert all(district_list(code).values for code in states())
    assert {d.predecessor for d in districts("wb") if d.name == "Jhargram"} == {"Paschim Medinipur"}


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_state_says_its_own_codes_of_districts(tmp_path: Path) -> None:
    own = write(
        tmp_path / "districts.csv",
        "district,lgd_code,cctns_code,aliases,valid_from\nKuch Bihar,308,13110,Cooch B.,\nKalpana,,13999,,2024-01-01\n",
    )
    found = {d.name: d for d in districts("wb", own)}
    assert (found["Coochbehar"].cctns, found["Coochbehar"].lgd) == ("13110", "308")
    assert (found["Kalpana"].cctns, found["Kalpana"].lgd, found["Kalpana"].valid_from) == ("13999", "", "2024-01-01")
    lists = place_lists("wb", None, own)
    assert lists["district"].find("Cooch B.") == "Coochbehar"
    assert lists["district"].find("Kalpana") == "Kalpana"
    assert "Kalpana" not in place_lists("wb")["district"].values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nx\n", "column district is missing"),
        ("district,valid_to\nKalpana,31.12.1999\n", "row 1: valid_to: must be"),
    ],
)
def test_a_wrong_list_of_districts_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(MappingError, match=said):
        districts("wb", write(tmp_path / "districts.csv", text))


STATIONS = """station,district,aliases,ps_code,district_lgd,valid_from,valid_to,predecessor
Namunahat,Kalpana,NHT,1301,901,,2014-12-31,
Namunahat,Mithya,,1301,902,2015-01-01,,Namunahat
Kalpanapur,Kalpana,KLP,1302,901,2012-06-01,,Namunahat
"""


def test_a_station_that_moved_has_a_row_for_each_time(tmp_path: Path) -> None:
    found = load_stations("xx", write(tmp_path / "stations.csv", STATIONS))
    moved = [s for s in found if s.name == "Namunahat"]
    assert [s.district for s in moved if s.is_open("2010-05-05")] == ["Kalpana"]
    assert [s.district for s in moved if s.is_open("2020-05-05")] == ["Mithya"]
    assert len([s for s in moved if s.is_open("")]) == 2
    assert (found[2].code, found[2].district_lgd, found[2].predecessor) == ("1302", "901", "Namunahat")
    assert station_list(found).find("NHT") == "Namunahat"


def test_a_day_that_is_none_is_refused_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="row 3: valid_from"):
        load_stations("xx", write(tmp_path / "stations.csv", STATIONS.replace("2012-06-01", "June 2012")))


def test_a_list_of_stations_that_is_no_utf_8_is_said_by_its_file(tmp_path):
    path = tmp_path / "stations.csv"
    path.write_bytes(STATIONS.encode("utf-16"))
    with pytest.raises(MappingError, match=r"stations\.csv cannot be read as CSV in UTF-8"):
        load_stations("xx", path)


def test_acts_have_days_and_titles() -> None:
    for act in acts().values():
        assert act.full_name and act.spellings
        assert not act.in_force_to or act.in_force_from <= act.in_force_to
