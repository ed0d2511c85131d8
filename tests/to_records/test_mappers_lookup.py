"""Search in the masters: the right entry comes first, old and new law beside each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappers.codes import StationEntry, code_lists, districts
from mappers.lookup import MasterHit, find_codes, known_lists
from mappers.lookup.masters import master, masters


def codes(text: str, **limits: str) -> list[tuple[str, str]]:
    return [(h.list, h.code) for h in find_codes(text, **limits)]


def first(text: str, **limits: str) -> MasterHit:
    return find_codes(text, **limits)[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("भा.द.वि. 379", ("section", "IPC 379")),
        ("Sec 25 Arms Act", ("section", "ARMS 25")),
        ("ধারা ৩৭৯ ভাঃ দঃ বিঃ", ("section", "IPC 379")),
        ("498(A) IPC", ("section", "IPC 498A")),
        ("BNS 103", ("section", "BNS 103")),
        ("154 Cr.P.C. 1973", ("section", "CRPC 154")),
        ("पॉक्सो", ("act", "POCSO")),
        ("Copy Right Act", ("act", "COPY")),
        ("वाद पक्ष", ("appellant_kind", "complainant_victim")),
        ("डकैती", ("crime_major_head", "dacoity")),
        ("किसान", ("occupation", "agriculturist")),
        ("hindoo", ("religion", "hindu")),
        ("kisaan", ("occupation", "agriculturist")),
        ("Allahabad", ("district", "Prayagraj")),
        ("Calcutta", ("district", "Kolkata")),
        ("कलकत्ता", ("district", "Kolkata")),
        ("ਲੁਧਿਆਣਾ", ("district", "Ludhiana")),
        ("Orissa", ("state", "od")),
    ],
)
def test_what_officers_write_leads_to_its_entry(text: str, found: tuple[str, str]) -> None:
    assert codes(text)[0] == found


def test_a_section_comes_with_its_days_its_counterpart_and_its_heads() -> None:
    hit = first("भा.द.वि. 379")
    assert (hit.title, hit.valid_from, hit.valid_to) == ("Punishment for theft", "1862-01-01", "2024-06-30")
    (pair,) = hit.counterparts
    assert (pair.act, pair.number, pair.valid_from, pair.relation) == ("BNS", "303(2)", "2024-07-01", "equivalent")
    assert hit.facts["crime_head"] == "auto_motor_vehicle_theft; other_theft"
    assert hit.facts["punishment"] == "up to 3 years, fine (checked)"


def test_the_day_says_which_law_was_in_force_and_both_are_told() -> None:
    before, after = find_codes("379", day="2024-06-30"), find_codes("379", day="2024-07-01")
    assert (before[0].code, before[0].in_force) == ("IPC 379", True)
    assert [c.in_force for c in before[0].counterparts] == [False]
    assert [(h.code, h.in_force) for h in after] == [("BNS 303(2)", True), ("IPC 379", False)]


def test_a_named_section_stays_first_also_where_it_was_not_in_force() -> None:
    hits = find_codes("379 IPC", day="2025-01-01")
    assert [(h.code, h.in_force) for h in hits[:2]] == [("IPC 379", False), ("BNS 303(2)", True)]


def test_a_section_that_is_not_the_old_offence_says_so() -> None:
    hit = first("124A IPC")
    assert hit.facts["relation"] == hit.counterparts[0].relation == "partly_replaced"


def test_a_clause_that_is_not_listed_leads_to_its_section_and_says_so() -> None:
    hit = first("376(2)(n) IPC")
    assert hit.code == "IPC 376(2)(n)" and "section 376" in hit.facts["note"]


@pytest.mark.parametrize("text", ["IPC 999", "BNS 400", "भा.द.वि. 0"])
def test_a_section_that_its_act_has_not_is_no_find(text: str) -> None:
    hits = find_codes(text)
    assert hits[0].list == "act"
    assert all("has no section" in h.facts["note"] and h.score < 0.5 for h in hits if h.list == "section")


def test_an_act_of_several_years_is_shown_with_all_of_them_and_the_days_one_first() -> None:
    assert {c for _, c in codes("JJ Act", only="act")} == {"JJ1986", "JJ2000", "JJ2015"}
    assert codes("JJ Act", only="act", day="2010-01-01")[0] == ("act", "JJ2000")
    assert codes("13 JJ Act", day="2010-01-01")[0] == ("section", "JJ2000 13")


def test_nothing_is_said_of_an_act_that_is_not_known() -> None:
    assert not [h for h in find_codes("7 Namuna Kalpana Act") if h.list in ("act", "section")]


def test_a_search_may_be_limited_to_one_list() -> None:
    assert codes("theft", only="property_nature") == [("property_nature", "stolen")]
    assert {name for name, _ in codes("theft")} > {"crime_major_head", "property_nature", "section"}
    assert codes("Murshidabad", only="state") == []


def test_stations_and_districts_of_a_state_are_found_with_its_codes(tmp_path: Path) -> None:
    own = tmp_path / "districts.csv"
    own.write_text("district,cctns_code\nMurshidabad,13777\n", encoding="utf-8")
    stations = [
        StationEntry("Namunahat", "Kalpana", ("NHT",), code="1301"),
        StationEntry("Namunahat", "Mithya", valid_from="2015-01-01"),
    ]
    hits = find_codes("नमूनाहाट", stations=stations, day="2010-01-01")
    assert [(h.list, h.code, h.facts["district"], h.in_force) for h in hits[:2]] == [
        ("station", "Namunahat", "Kalpana", None),
        ("station", "Namunahat", "Mithya", False),
    ]
    assert find_codes("Murshidabad", districts=districts("wb", own))[0].facts["cctns"] == "13777"


def test_scores_fall_and_every_entry_comes_once() -> None:
    for text in ("theft", "379/411 IPC", "Calcutta", "motor cycle", ""):
        hits = find_codes(text)
        assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
        assert all(0 < h.score <= 1 for h in hits)


@pytest.mark.parametrize("name", sorted(code_lists()))
def test_every_value_of_every_list_is_found_in_its_list(name: str) -> None:
    for value in code_lists()[name].values:
        assert (name, value) in codes(value, only=name)


def test_every_master_can_be_listed() -> None:
    known = masters()
    assert {m.name for m in known} >= {
        "act",
        "ipc",
        "bns",
        "crpc",
        "bnss",
        "iea",
        "bsa",
        "state",
        "district",
        "religion",
    }
    assert all(m.size and m.note for m in known)
    assert set(code_lists()) <= set(known_lists())
    theft = next(e for e in master("ipc").entries if e.code == "379")
    assert "= BNS 303(2)" in theft.more
