"""Where a rule must say nothing: what is missing, what law or practice allows, what another form would have to tell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sample_data.makers.rule_examples import make_record
from validators.checking.check import check_records
from validators.checking.settings import make_settings

SETTINGS = make_settings(date(2026, 1, 31))
THEFT = [{"act": "IPC", "section": "379"}]
CASE = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009", "fir_no": "78"}


@pytest.mark.parametrize(
    ("code", "form", "plain"),
    [
        ("F003", "iif1", {"state": "ka", "district": "Ballari", "year": "1950"}),
        ("F007", "iif1", {"fir_reg_num": "CR-78", "year": "2009", "fir_no": "78"}),
        ("F013", "iif1", {"occurrence_day": "intervening_days", "occurrence_from": "2018-03-05"}),
        ("F013", "iif1", {"occurrence_day": "sunday", "occurrence_from": "2018-03-01", "occurrence_to": "2018-03-05"}),
        ("F020", "iif1", {"addresses": [{"pin": "[masked]"}, {"pin": "700 091"}, {"pin": "44600", "country": "Nepal"}]}),
        ("F021", "iif1", {"addresses": [{"pin": "700091"}, {"pin": "695001", "address_state": "Kerala"}]}),
        ("F023", "iif1", {"persons": [{"phone": "9830012345"}]}),
        ("F024", "iif1", {"ids": [{"id_type": "uid", "id_number": n} for n in ("0019", "XXXX-XXXX-0019", "[masked]")]}),
        ("F024", "iif1", {"ids": [{"id_type": "ration_card", "id_number": "123412341234"}]}),
        ("F027", "iif1", {"persons": [{"passport_no": "0123456", "nationality": "Nepali"}]}),
        ("F028", "iif1", {"ids": [{"id_type": "voter_id", "id_number": "WB/01/002/123456"}]}),
        ("F029", "iif1", {"vehicles": [{"registration_no": m} for m in ("WBH 1234", "DL 1 PB 1234", None)]}),
        ("F033", "vehicle", {"chassis_no": "359-AB/1287"}),
        ("F034", "property", {"numbered": [{"number": "12345"}, {"number": "WESSON 32"}]}),
        ("L009", "iif1", {"state": "jk", "occurrence_from": "2020-05-01", "acts": THEFT}),
        ("L010", "iif1", {"state": "xx", "acts": THEFT}),
        ("L013", "iif1", {"occurrence_from": "2017-05-01", "acts": [{"act": "IPC", "section": "497"}]}),
        ("L014", "iif1", {"acts": [{"act": "IPC", "section": "504"}], "other_acts": "and others"}),
        ("L017", "iif1", {"acts": [{"act": "SCST", "section": "3"}], "persons": [{"role": "victim"}]}),
        ("L018", "iif1", {"acts": [{"act": "POCSO", "section": "6"}], "persons": [{"role": "complainant", "age": "40"}]}),
        ("L018", "iif1", {"acts": [{"act": "POCSO", "section": "6"}], "persons": [{"role": "victim", "age": "18"}]}),
        ("L020", "iif1", {"acts": [{"act": "IPC", "section": "498A"}], "persons": [{"role": "complainant", "sex": "male"}]}),
        ("L021", "iif2", {"major_head": "arms_act", "acts": THEFT}),
        ("L025", "iif1", {"acts": [{"act": "ARMS", "section": "3"}, {"act": "ARMS", "section": "25"}]}),
        ("X004", "iif1", {"fir_date": "2018-03-30", "despatch_date": "2018-04-02"}),
        ("X008", "iif1", {"outside_ps": "Bally", "police_station": "Bally", "action_taken": "directed_to_io"}),
        ("X008", "iif1", {"outside_ps": "Lake Town"}),
        ("X009", "iif1", {"property_value": "1200", "property": [{"description": "Cow"}]}),
        ("X011", "iif1", {"persons": [{"birth_date": "1990-06-01", "age": "48"}]}),
        ("X018", "iif1", {"persons": [{"role": r, "name": "Qarla"} for r in ("complainant", "accused")]}),
        ("X021", "iif1", {"acts": [{"act": "UAPA", "section": "13"}]}),
        ("X023", "vehicle", {"property_status": "stolen", "vehicle_type": "bicycle"}),
        ("X024", "iif1", {"acts": THEFT, "narrative": "A cow was lost."}),
        ("X025", "iif2", {"acts": [{"act": "IPC", "section": "302"}], "persons": [{"role": "victim"}]}),
        ("X027", "iif5", {"report_type": "charge_sheet"}),
        ("X027", "iif5", {"report_type": "fr_unoccurred"}),
        ("X029", "iif6", {"persons": [{"role": "accused", "sentence_type": "death"}]}),
        ("X030", "iif1", {"persons": [{"role": "accused", "accused_code": c} for c in ("A9", "B1", "A11")]}),
        ("T002", "iif3", {"arrest_date": "2009-03-11", "fir_date": "2009-03-12", "gd_no": "7"}),
        ("T002", "iif3", {"arrest_date": "2009-03-11", "gd_no": "7"}),
        ("T003", "iif4", {**CASE, "seizure_date": "2009-03-11"}),
        ("T005", "iif5", {"report_type": "charge_sheet", "report_date": "2009-09-01", "acts": [{"act": "NDPS"}],
                          "persons": [{"status": "judicial_custody", "arrest_date": "2009-04-01"}]}),
        ("T006", "iif5", {**CASE, "persons": [{"role": "accused", "accused_code": "A1"}]}),
        ("T009", "iif6", {**CASE, "persons": [{"role": "accused", "accused_code": "A1"}]}),
        ("T011", "iif5", {"submitted_by": "Qarla Vintobhe"}),
        ("T011", "iif5", {"submitted_by": "रमेश कुमार", "io_name": "Ramesh Kumar"}),
        ("T012", "missing", {"reported_date": "2012-03-12", "persons": [{"role": "missing", "age": "9"}]}),
        ("T012", "missing", {"reported_date": "2014-03-12", "persons": [{"role": "informant", "age": "9"}]}),
        ("T014", "uidb", {"persons": [{"role": "deceased", "sex": "male"}]}),
        ("T016", "po", {"warrant_kind": "bailable", "po_status": "pending"}),
        ("T017", "ncr", {"result": "closed"}),
    ],
)  # fmt: skip
def test_nothing_is_said(code: str, form: str, plain: dict[str, Any]) -> None:
    assert code not in {f.code for f in check_records([make_record("r", plain, form)], SETTINGS)}


def series(*rows: dict[str, str], form: str) -> set[str]:
    records = [make_record(f"r{i}", {**CASE, **row}, form) for i, row in enumerate(rows)]
    return {f.code for f in check_records(records, SETTINGS)}


def test_a_diary_that_restarts_each_day_is_in_order() -> None:
    days = ({"gd_date": d, "gd_time": "10:00", "gd_no": n} for d, n in (("2009-03-11", "40"), ("2009-03-12", "1")))
    assert "R007" not in series(*days, form="gd")


def test_things_of_one_case_may_share_a_malkhana_number() -> None:
    rows = ({"malkhana_no": "7", "malkhana_date": "2009-03-12", "serial_no": n} for n in ("1", "2"))
    assert "R014" not in series(*rows, form="property")


def test_final_reports_and_charge_sheets_have_serials_of_their_own() -> None:
    kinds = ("charge_sheet", "fr_true_undetected_untraced")
    rows = (
        {"fir_no": str(i), "report_no": "7", "report_date": "2009-05-12", "report_type": k} for i, k in enumerate(kinds)
    )
    assert "R013" not in series(*rows, form="iif5")


def test_two_years_are_no_neighbours_on_both_sides() -> None:
    rows = ({"year": y, "fir_no": n} for y, n in (("2008", "410"), ("2009", "12")))
    assert "R005" not in series(*rows, form="iif1")
