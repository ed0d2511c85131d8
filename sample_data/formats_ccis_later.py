"""The later tables of CCIS: crime details, property, seizures, judgments, appeals; most offices filled few of them."""

from __future__ import annotations

from sample_data.formats_cases import Case, make_cases, pick
from sample_data.formats_ccis import CCIS, CCIS_STATIONS, ccis_key, write_ccis
from sample_data.formats_write import Format, Line

_KEY = "police_station year fir_no"
_THINGS = (("मोटर साइकिल", "02", "automobiles"), ("सोने की चेन", "05", "jewellery"), ("नकद", "09", "currency_coins"))
_FEW = 6


def _cases() -> list[Case]:
    return make_cases(*CCIS)[:_FEW]


def _iif2() -> list[Line]:
    """IIF2: heads, methods and motive as codes of the old program; one code that nobody knows any more."""
    lines = []
    for case in _cases():
        method = ("0101", "0102", "0199")[case.at % 3]
        meant = {"0101": "lock_breaking", "0102": "wall_boring"}.get(method, "")
        cells = {
            **ccis_key(case), "SRNO": "1", "MAJHEAD": "03", "MINHEAD": "0302", "METHOD1": method, "METHOD2": "",
            "MOTIVE": ("1", "2")[case.at % 2], "PLTYPE": ("01", "02", "04")[case.at % 3], "SCENE": case.place,
            "SKETCH": "YN"[case.at % 2], "PANCHDT": f"{case.day:%d/%m/%Y}",
        }  # fmt: skip
        fields = pick(
            case, _KEY, sheet_no="1", major_head="theft", minor_head="other_theft", method_1=meant,
            motive=("gain", "personal_enmity")[case.at % 2],
            place_type=("residence", "shop", "street_road")[case.at % 3],
            scene=case.place, has_sketch=("yes", "no")[case.at % 2], panchanama_date=f"{case.day}",
        )  # fmt: skip
        lines.append(Line(case.at, cells, fields, form="iif2"))
    return lines


def _property() -> list[Line]:
    """IIF1_PROP: one row a thing."""
    lines = []
    for case in _cases():
        thing, code, category = _THINGS[case.at % 3]
        cells = {**ccis_key(case), "SLNO": str(case.at), "PROPTYP": code, "DESCR": thing, "PVALUE": f"{case.value}.00"}
        row = {"category": category, "description": thing, "value": case.value}
        lines.append(Line(case.at, cells, pick(case, _KEY), {"property": [row]}))
    return lines


def _iif4() -> list[Line]:
    """IIF4: one row a seizure of one thing."""
    lines = []
    for case in _cases():
        thing, code, category = _THINGS[case.at % 3]
        cells = {
            **ccis_key(case), "MEMONO": str(case.at), "NATURE": ("1", "2")[case.at % 2],
            "SEIZDT": f"{case.day:%d/%m/%Y}", "SEIZTM": "1645", "SEIZPL": case.place, "SLNO": "1", "PROPTYP": code,
            "DESCR": thing, "QTY": "1", "PVALUE": f"{case.value}.00", "FSLNO": "F/12" if case.at == 2 else "NIL",
        }  # fmt: skip
        fields = pick(
            case, _KEY, memo_no=str(case.at), property_nature=("stolen", "unclaimed")[case.at % 2],
            seizure_date=f"{case.day}", seizure_time="16:45", seizure_place=case.place,
        )  # fmt: skip
        row = {"serial_no": "1", "category": category, "description": thing, "quantity": "1", "value": case.value,
               "property_status": "seized"}  # fmt: skip
        row |= {"fsl_no": "F/12"} if case.at == 2 else {}
        lines.append(Line(case.at, cells, fields, {"property": [row]}, form="iif4"))
    return lines


def _iif6() -> list[Line]:
    """IIF6: one row a judgment on one accused, the sentence in years and months."""
    lines: list[Line] = []
    for case in (c for c in make_cases(*CCIS) if c.accused):
        accused, is_convicted = case.accused[0], case.at % 2 == 1
        cells = {
            **ccis_key(case), "FRNO": str(case.number + 1), "CCNO": f"{200 + case.at}/{case.year}",
            "JUDGDT": f"20/11/{case.year + 2}", "ACCSR": "A1", "ACCNM": accused.name, "RESULT": "AC"[is_convicted],
            "SENTTYP": "R" if is_convicted else "", "SENTYR": "02" if is_convicted else "00",
            "FINE": "1000.00" if is_convicted else "",
        }  # fmt: skip
        fields = pick(
            case, _KEY, report_no=str(case.number + 1), court_case_no=cells["CCNO"],
            judgment_date=f"{case.year + 2}-11-20",
        )  # fmt: skip
        meant = {"role": "accused", "accused_code": "A1", "name": accused.name,
                 "court_result": ("acquitted", "convicted")[is_convicted]}  # fmt: skip
        meant |= {"sentence_type": "rigorous", "sentence_years": "2", "fine": "1000"} if is_convicted else {}
        lines.append(Line(len(lines) + 1, cells, fields, {"persons": [meant]}, form="iif6"))
    return lines


def _iif7() -> list[Line]:
    """IIF7: one row an appeal."""
    results = {"U": "upheld", "S": "conviction_set_aside", "R": "sentence_reduced"}
    lines = []
    for case in _cases():
        word = "USR"[case.at % 3]
        cells = {
            **ccis_key(case), "CCNO": f"{200 + case.at}/{case.year}", "JUDGDT": f"20/11/{case.year + 2}",
            "APPNO": f"A/{case.at}", "APPYR": str(case.year + 3), "APPBY": "12"[case.at % 2], "APPRES": word,
            "RESDT": f"05/07/{case.year + 4}",
        }  # fmt: skip
        fields = pick(
            case, _KEY, court_case_no=cells["CCNO"], disposal_date=f"{case.year + 2}-11-20", appeal_no=cells["APPNO"],
            appeal_year=cells["APPYR"], appellant_kind=("accused", "state")[case.at % 2], appeal_result=results[word],
            result_date=f"{case.year + 4}-07-05",
        )  # fmt: skip
        lines.append(Line(case.at, cells, fields, form="iif7"))
    return lines


FORMATS = (
    Format("mp_ccis_iif2_iscii", "mp", _iif2, write_ccis, stations=CCIS_STATIONS),
    Format("mp_ccis_iif1_prop_iscii", "mp", _property, write_ccis, stations=CCIS_STATIONS),
    Format("mp_ccis_iif4_iscii", "mp", _iif4, write_ccis, stations=CCIS_STATIONS),
    Format("mp_ccis_iif6_iscii", "mp", _iif6, write_ccis, stations=CCIS_STATIONS),
    Format("mp_ccis_iif7_iscii", "mp", _iif7, write_ccis, stations=CCIS_STATIONS),
)
