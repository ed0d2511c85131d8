"""Old tables of the Crime Criminal Information System as its district servers gave them out: coded columns, ISCII."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sample_data.formats_cases import Case, make_cases, pick, words
from sample_data.formats_write import Format, Line, stored, write_delimited

_NO_DAY = "00/00/00"

CCIS = "mp_ccis", "hi", 1999
CCIS_STATIONS = {"014": words("hi").villages[0], "015": words("hi").villages[1]}
_CCIS_FONT = frozenset(
    {
        "PLADDR",
        "COMPNM",
        "RELNM",
        "COMPADD",
        "DELAYRSN",
        "ACCNM",
        "ALIAS",
        "ACCADD",
        "IONM",
        "ARRPL",
        "SCENE",
        "DESCR",
        "SEIZPL",
        "JUDGE",
    }
)
_SEX = {"male": "1", "female": "2"}


def ccis_key(case: Case) -> dict[str, str]:
    """The columns that every table of CCIS begins with."""
    code = next(c for c, s in CCIS_STATIONS.items() if s == case.station)
    return {"STATECD": "13", "DISTCD": "09", "PSCD": code, "FIRNO": f"{case.number:05d}", "FIRYR": str(case.year)}


def _ccis_iif1() -> list[Line]:
    """IIF1: coded columns, days as dd/mm/yyyy, hours as HHMM, no narrative; the station's own codes."""
    return [_ccis_fir(c) for c in make_cases(*CCIS)]


def _ccis_fir(case: Case) -> Line:
    c = case.complainant
    day, began, hour = f"{case.day:%d/%m/%Y}", f"{case.began:%d/%m/%Y}", case.time.replace(":", "")
    is_unknown_day = case.at == 6
    cells = {
        **ccis_key(case), "FIRDT": day, "FIRTM": hour, "OCCFRDT": _NO_DAY if is_unknown_day else began, "OCCTODT": day,
        "INFODT": day, "INFOTM": hour, "GDNO": str(case.gd), "GDDT": day, "INFOTYPE": str(1 + case.at % 2),
        "PLDIR": ("01", "03", "05")[case.at % 3], "PLDIST": f"{case.at}.5", "PLADDR": case.place,
        "MAJHEAD": "03", "MINHEAD": "12", "METHOD1": "0412", "METHOD2": "", "METHOD3": "",
        "COMPNM": c.name, "RELCD": "1", "RELNM": c.father, "COMPAGE": f"{c.age:03d}", "COMPSEX": _SEX[c.sex],
        "RELIG": "9" if case.at == 3 else str(1 + case.at % 2), "COMPADD": c.address,
        "PROPVAL": f"{case.value}.00", "DELAYRSN": "NIL" if case.at % 2 else "दूरी के कारण",
    }  # fmt: skip
    fields = pick(
        case, "police_station year fir_no fir_date fir_time occurrence_to info_date info_time gd_no gd_date place"
        " property_value",
        occurrence_from="" if is_unknown_day else f"{case.began}",
        info_type=("written", "oral")[case.at % 2], place_direction=("N", "E", "S")[case.at % 3],
        place_distance_km=f"{case.at}.5", delay_reason="" if case.at % 2 else "दूरी के कारण",
    )  # fmt: skip
    person = case.meant_complainant(("name", "relation", "relative_name", "age", "sex", "address"))
    if case.at != 3:
        person["religion"] = ("hindu", "muslim")[case.at % 2]
    return Line(case.at, cells, fields, {"persons": [person]})


def _ccis_actsec() -> list[Line]:
    """IIF1_ACTSEC: one row for each section of each case."""
    lines: list[Line] = []
    for case in make_cases(*CCIS):
        for act in case.meant_acts():
            cells = {**ccis_key(case), "SLNO": str(len(lines) + 1), "ACTNM": act["act"], "SECT": act["section"]}
            children = {"acts": [{"act": act["act"], "section": act["section"]}]}
            lines.append(Line(len(lines) + 1, cells, pick(case, "police_station year fir_no"), children))
    return lines


def _ccis_acc() -> list[Line]:
    """IIF1_ACC: one row for each person accused; persons nobody named have KNOWN = 3."""
    lines: list[Line] = []
    for case in make_cases(*CCIS):
        for at, person in enumerate(case.accused or (None,), 1):
            cells = {
                **ccis_key(case), "ACCSR": f"A{at}", "KNOWN": "1" if person else "3",
                "ACCNM": person.name if person else "-", "ALIAS": person.alias if person else "",
                "RELCD": "1" if person else "", "RELNM": person.father if person else "",
                "ACCAGE": f"{person.age:03d}" if person else "999", "ACCSEX": _SEX[person.sex] if person else "",
                "ACCADD": person.address if person else "",
            }  # fmt: skip
            meant = {"role": "accused", "accused_code": f"A{at}", "status": "known" if person else "unknown"}
            if person:
                meant |= {"name": person.name, "relation": "father", "relative_name": person.father,
                          "age": str(person.age), "sex": person.sex, "address": person.address}  # fmt: skip
                meant |= {"alias": person.alias} if person.alias else {}
            fields = pick(case, "police_station year fir_no")
            lines.append(Line(len(lines) + 1, cells, fields, {"persons": [meant]}))
    return lines


def _ccis_iif3() -> list[Line]:
    """IIF3: one row an arrest."""
    lines: list[Line] = []
    for case in make_cases(*CCIS):
        for at, person in enumerate(case.accused, 1):
            cells = {
                **ccis_key(case), "ACCSR": f"A{at}", "ACCNM": person.name, "RELNM": person.father,
                "ARRDT": f"{case.day:%d/%m/%Y}", "ARRTM": "1830", "ARRPL": case.place, "ARRMODE": str(at),
                "FPTAKEN": "YN"[case.at % 2], "GDNO": str(case.gd), "IONM": f"{words('hi').rank} {case.officer}",
            }  # fmt: skip
            fields = pick(
                case, "police_station year fir_no gd_no io_name io_rank",
                accused_code=f"A{at}", arrest_date=f"{case.day}", arrest_time="18:30", arrest_place=case.place,
                arrest_mode=("arrested_and_sent_up", "surrendered_and_police_custody")[at - 1],
                fingerprints_taken=("yes", "no")[case.at % 2],
            )  # fmt: skip
            meant = {"role": "accused", "name": person.name, "relative_name": person.father}
            lines.append(Line(len(lines) + 1, cells, fields, {"persons": [meant]}, form="iif3"))
    return lines


def _ccis_iif5() -> list[Line]:
    """IIF5: one row a final report, its type as a code of the old program."""
    kinds = ("charge_sheet", "fr_true_undetected_untraced", "fr_unoccurred")
    lines = []
    for case in make_cases(*CCIS):
        kind = case.at % 3
        cells = {
            **ccis_key(case), "FRNO": str(case.number + 1), "FRDT": f"{case.day:%d/%m/%Y}", "FRTYP": "CUF"[kind],
            "ORGSUP": "O", "IONM": f"{words('hi').rank} {case.officer}",
        }  # fmt: skip
        fields = pick(
            case, "police_station year fir_no io_name io_rank", report_no=str(case.number + 1),
            report_date=f"{case.day}", report_type=kinds[kind], original_supplementary="original",
        )  # fmt: skip
        lines.append(Line(case.at, cells, fields, form="iif5"))
    return lines


def write_ccis(folder: Path, lines: Sequence[Line]) -> None:
    """A table of CCIS as text with bars; names, places and stories in ISCII."""
    names = list(lines[0].cells)
    rows = [[stored("iscii-dev" if n in _CCIS_FONT else "", x.cells[n]) for n in names] for x in lines]
    write_delimited(folder / "source.txt", rows, names, separator="|", end="\r\n")


FORMATS = (
    Format("mp_ccis_iif1_iscii", "mp", _ccis_iif1, write_ccis, stations=CCIS_STATIONS),
    Format("mp_ccis_iif1_actsec_iscii", "mp", _ccis_actsec, write_ccis, stations=CCIS_STATIONS),
    Format("mp_ccis_iif1_acc_iscii", "mp", _ccis_acc, write_ccis, stations=CCIS_STATIONS),
    Format("mp_ccis_iif3_iscii", "mp", _ccis_iif3, write_ccis, stations=CCIS_STATIONS),
    Format("mp_ccis_iif5_iscii", "mp", _ccis_iif5, write_ccis, stations=CCIS_STATIONS),
)
