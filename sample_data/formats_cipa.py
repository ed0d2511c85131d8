"""Tables of a CIPA station server as pg_dump wrote them: COPY blocks in UTF-8, keys between tables, own codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sample_data.formats_cases import Case, make_cases, pick, words
from sample_data.formats_write import Format, Line, copy_block

CIPA = "in_cipa", "hi", 2006
STATIONS = {"3301": words("hi").villages[0], "3302": words("hi").villages[1]}
_RELIGIONS = {"1": "hindu", "2": "muslim", "3": "christian", "4": "sikh"}


def _reg_num(case: Case) -> str:
    return f"{_code(case)}{case.year % 100:02d}{case.number:04d}"


def _code(case: Case) -> str:
    return next(c for c, s in STATIONS.items() if s == case.station)


def _registration() -> list[Line]:
    """fir_registration: moments with seconds, codes for how the information came, narratives of two lines."""
    return [_registration_line(c) for c in make_cases(*CIPA)]


def _registration_line(case: Case) -> Line:
    moment = f"{case.day} {case.time}:00"
    story = f"{case.narrative}\nविवेचना प्रारम्भ।"
    cells = {
        "fir_srno": str(case.at), "state_cd": "35", "district_cd": "353", "ps_cd": _code(case),
        "fir_no": str(case.number), "fir_year": str(case.year), "fir_reg_num": _reg_num(case), "reg_dt": moment,
        "info_recd_dt": moment, "occ_from_dt": "1900-01-01 00:00:00" if case.at == 3 else f"{case.began} 22:15:00",
        "occ_to_dt": f"{case.day} 00:00:00", "gd_entry_no": f"{case.gd:03d}", "info_type_cd": str(1 + case.at % 2),
        "place_desc": case.place, "dist_km": f"{case.at}", "direction_cd": str(1 + case.at % 4),
        "property_value": case.value, "fir_contents": story, "io_name": case.officer, "io_rank_cd": "07",
        "record_status": "A", "lang_cd": "6",
    }  # fmt: skip
    known = case.at != 3
    fields = pick(
        case, "police_station year fir_no fir_date fir_time info_date info_time occurrence_to place property_value"
        " io_name", fir_reg_num=_reg_num(case), occurrence_from=f"{case.began}" if known else "",
        occurrence_time_from="22:15" if known else "", gd_no=f"{case.gd:03d}",
        info_type=("written", "oral")[case.at % 2], place_distance_km=str(case.at),
        place_direction=("N", "E", "S", "W")[case.at % 4], narrative=story, io_rank="SI",
    )  # fmt: skip
    return Line(case.at, cells, fields)


def _act_section() -> list[Line]:
    """fir_act_section: one row a section, hung on the registration number."""
    lines: list[Line] = []
    for case in make_cases(*CIPA):
        for act in case.meant_acts():
            at = len(lines) + 1
            cells = {"act_srno": str(at), "fir_reg_num": _reg_num(case), "act_name": act["act"],
                     "section_desc": act["section"], "record_status": "A"}  # fmt: skip
            children = {"acts": [{"act": act["act"], "section": act["section"]}]}
            lines.append(Line(at, cells, {"fir_reg_num": _reg_num(case)}, children))
    return lines


def _complainant() -> list[Line]:
    """complainant: one row a person, with religion and sex as codes of CIPA."""
    lines = []
    for case in make_cases(*CIPA):
        c = case.complainant
        code = "9" if case.at == 7 else str(1 + case.at % 4)
        cells = {
            "comp_srno": str(case.at), "fir_reg_num": _reg_num(case), "first_name": c.name, "relation_cd": "1",
            "relative_name": c.father, "gender_cd": {"male": "3", "female": "2"}[c.sex], "age": str(c.age),
            "religion_cd": code, "present_address": c.address, "mobile": "9999999999" if case.at == 2 else "",
            "record_status": "A",
        }  # fmt: skip
        meant = case.meant_complainant(("name", "relation", "relative_name", "sex", "age", "address"))
        meant |= {"religion": _RELIGIONS[code]} if code in _RELIGIONS else {}
        meant |= {"phone": "9999999999"} if case.at == 2 else {}
        lines.append(Line(case.at, cells, {"fir_reg_num": _reg_num(case)}, {"persons": [meant]}))
    return lines


def _accused() -> list[Line]:
    """accused: one row a person; the year of birth where the age was not asked."""
    lines: list[Line] = []
    for case in make_cases(*CIPA):
        for at, person in enumerate(case.accused, 1):
            by_year = at == 2
            cells = {
                "accused_srno": str(len(lines) + 1), "fir_reg_num": _reg_num(case), "accused_code": f"A{at}",
                "first_name": person.name, "alias_name": person.alias, "relation_cd": "1",
                "relative_name": person.father, "gender_cd": {"male": "3", "female": "2"}[person.sex],
                "age": "" if by_year else str(person.age), "yob": str(case.year - person.age) if by_year else "",
                "address": person.address, "record_status": "A",
            }  # fmt: skip
            meant = {"role": "accused", "accused_code": f"A{at}", "name": person.name, "relation": "father",
                     "relative_name": person.father, "sex": person.sex, "address": person.address}  # fmt: skip
            meant |= {"birth_year": cells["yob"]} if by_year else {"age": cells["age"]}
            meant |= {"alias": person.alias} if person.alias else {}
            lines.append(Line(len(lines) + 1, cells, {"fir_reg_num": _reg_num(case)}, {"persons": [meant]}))
    return lines


def _court() -> list[Line]:
    """court_case: one row a judgment; its words for the result are the office's own."""
    results = {"CONV": "convicted", "ACQ": "acquitted"}
    lines: list[Line] = []
    for case in make_cases(*CIPA):
        if not case.accused:
            continue
        word = ("CONV", "ACQ")[case.at % 2]
        cells = {
            "case_srno": str(len(lines) + 1), "fir_reg_num": _reg_num(case), "cs_no": str(case.number),
            "cs_dt": f"{case.day}", "court_case_no": f"{100 + case.at}/{case.year + 1}",
            "judgement_dt": f"{case.year + 1}-11-20", "accused_name": case.accused[0].name, "result_cd": word,
            "fine_amt": "500" if word == "CONV" else "",
        }  # fmt: skip
        fields = {
            "fir_reg_num": _reg_num(case), "report_no": str(case.number), "report_date": f"{case.day}",
            "court_case_no": cells["court_case_no"], "judgment_date": cells["judgement_dt"],
        }  # fmt: skip
        meant = {"role": "accused", "name": case.accused[0].name, "court_result": results[word]}
        meant |= {"fine": "500"} if word == "CONV" else {}
        lines.append(Line(len(lines) + 1, cells, fields, {"persons": [meant]}, form="iif6"))
    return lines


def _write(table: str, folder: Path, lines: Sequence[Line]) -> None:
    head = "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n"
    body = copy_block(table, list(lines[0].cells), [x.cells for x in lines])
    (folder / "source.sql").write_text(head + body + "--\n-- PostgreSQL database dump complete\n--\n", "utf-8")


def _format(name: str, table: str, lines: Callable[[], list[Line]]) -> Format:
    return Format(name, "uk", lines, lambda folder, rows: _write(table, folder, rows), stations=STATIONS)


FORMATS = (
    _format("in_cipa_fir_unicode", "fir_registration", _registration),
    _format("in_cipa_act_section_unicode", "fir_act_section", _act_section),
    _format("in_cipa_complainant_unicode", "complainant", _complainant),
    _format("in_cipa_accused_unicode", "accused", _accused),
    _format("in_cipa_court_case_unicode", "court_case", _court),
)
