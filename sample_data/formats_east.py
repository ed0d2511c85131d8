"""Old tables of the east and west: Bengal's crime register, Odisha's e-Diary, Gujarat's parts, e-COPS from Oracle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sample_data.formats_cases import Case, make_cases, one_cell, pick, words
from sample_data.formats_write import Format, Line, stored, write_dbf, write_delimited, write_xlsx

_BENGAL = (("PS", "C", 30), ("CASENO", "N", 5), ("YR", "C", 2), ("FIRDT", "D", 8), ("GDENO", "C", 8), ("PODT", "C", 8),
           ("USEC", "C", 40), ("COMPL", "C", 60), ("COMPLADD", "C", 40), ("ACCUSED", "C", 120), ("PO", "C", 60),
           ("PSTOLEN", "N", 10), ("PRECOV", "N", 10), ("IO", "C", 60), ("CSFR", "C", 4),
           ("GIST", "C", 200))  # fmt: skip
_NO_DAY = "  /  /  "


def _bengal() -> list[Line]:
    """The crime register of a West Bengal station in dBase, Bengali in Bijoy, years of two digits."""
    known = words("bn")
    lines = []
    for case in make_cases("wb_crime_register", "bn", 1998):
        c = case.complainant
        is_deleted = case.at == 9
        cells = {
            "PS": case.station, "CASENO": str(case.number), "YR": f"{case.year % 100:02d}",
            "FIRDT": f"{case.day:%Y%m%d}",
            "GDENO": str(case.gd), "PODT": _NO_DAY if case.at == 2 else f"{case.began:%d/%m/%y}", "USEC": case.statute,
            "COMPL": c.name, "COMPLADD": c.address, "ACCUSED": one_cell(case, known), "PO": case.place,
            "PSTOLEN": case.value, "PRECOV": case.recovered, "IO": f"{known.rank} {case.officer}",
            "CSFR": ("CS", "FRT", "FRMF")[case.at % 3], "GIST": case.narrative,
        }  # fmt: skip
        fields = pick(
            case, "police_station year fir_no fir_date gd_no place property_value recovered_value io_name io_rank"
            " narrative", occurrence_from="" if case.at == 2 else f"{case.began}", result=cells["CSFR"],
        )  # fmt: skip
        persons = [case.meant_complainant(("name", "address")), *case.meant_accused()]
        why = "deleted in the old system" if is_deleted else ""
        children = {"acts": case.meant_acts(), "persons": persons}
        lines.append(Line(case.at, cells, fields, children, deleted=is_deleted, reported=why))
    return lines


def _write_bengal(folder: Path, lines: Sequence[Line]) -> None:
    write_dbf(folder / "source.dbf", lines, _BENGAL, "bijoy-sutonnymj")


def _odisha() -> list[Line]:
    """A list out of e-Diary, Odia in Akruti Sarala; the rank in a column of its own, in English."""
    known = words("or")
    lines = []
    for case in make_cases("od_ediary", "or", 2008):
        c = case.complainant
        cells = {
            "PS_NAME": case.station, "FIR_NO": str(case.number), "FIR_YEAR": str(case.year),
            "FIR_DATE": f"{case.day:%d/%m/%Y}", "FIR_TIME": case.time, "SDE_NO": str(case.gd),
            "DATE_OCC": f"{case.began:%d/%m/%Y}", "US_LAW": case.statute, "INFORMANT": c.name,
            "INF_FATHER": "NIL" if case.at == 4 else c.father, "INF_VILL": c.address,
            "ACCUSED": one_cell(case, known), "PLACE_OCC": case.place, "PROP_VAL": case.value, "IO_NAME": case.officer,
            "IO_RANK": "S.I.", "FACTS": case.narrative,
        }  # fmt: skip
        fields = pick(
            case, "police_station year fir_no fir_date fir_time gd_no occurrence_from place property_value io_name"
            " io_rank narrative",
        )  # fmt: skip
        parts = ("name", "address") if case.at == 4 else ("name", "relative_name", "address")
        persons = [case.meant_complainant(parts), *case.meant_accused()]
        lines.append(Line(case.at, cells, fields, {"acts": case.meant_acts(), "persons": persons}))
    return lines


def _write_odisha(folder: Path, lines: Sequence[Line]) -> None:
    rows = [[stored("akruti-ori-sarala-99", t) for t in x.cells.values()] for x in lines]
    write_delimited(folder / "source.csv", rows, list(lines[0].cells), separator=";", end="\r\n")


def _gujarat() -> list[Line]:
    """A crime register numbered by parts: "I-123/2009" and "III-123/2009" are two cases."""
    known = words("gu")
    lines = []
    for case in make_cases("gj_cr_register", "gu", 2009):
        c = case.complainant
        part = ("I", "II", "III")[case.at % 3]
        cells = {
            "POSTE": case.station, "CRNO": f"{part}-{case.number}/{case.year}", "REGDT": f"{case.day:%d/%m/%Y}",
            "REGTM": case.time, "OFFDT": f"{case.began:%d/%m/%Y}", "KALAM": case.statute, "FARIYADI": c.name,
            "FAR_ADD": c.address, "AROPI": one_cell(case, known), "STHAL": case.place, "GAYEL": case.value,
            "PARAT": case.recovered, "TAPAS": f"{known.rank} {case.officer}",
            "SUMMARY": ("A", "B", "C")[case.at % 3], "HAKIKAT": case.narrative,
        }  # fmt: skip
        fields = pick(
            case, "police_station year fir_no fir_date fir_time occurrence_from place property_value recovered_value"
            " io_name io_rank narrative", fir_part=part, result=cells["SUMMARY"],
        )  # fmt: skip
        persons = [case.meant_complainant(("name", "address")), *case.meant_accused()]
        lines.append(Line(case.at, cells, fields, {"acts": case.meant_acts(), "persons": persons}))
    return lines


def _write_gujarat(folder: Path, lines: Sequence[Line]) -> None:
    rows = [[stored("lmg-arun", t) for t in x.cells.values()] for x in lines]
    write_delimited(folder / "source.txt", rows, list(lines[0].cells), separator="\t", end="\r\n")


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def _oracle_day(case: Case) -> str:
    return f"{case.day.day:02d}-{_MONTHS[case.day.month - 1]}-{case.day.year % 100:02d}"


def _oracle() -> list[Line]:
    """e-COPS as spooled from Oracle: "^" between cells, DD-MON-RR, narratives of two lines, the number as text."""
    known = words("en")
    lines = []
    for case in make_cases("tg_ecops", "en", 2006):
        c = case.complainant
        cells = {
            "FIR_SEQ": str(70000 + case.at), "PS_NAME": case.station, "FIR_NUM": f"{case.number}/{case.year}",
            "FIR_DATE": _oracle_day(case), "GD_ENTRY_NO": f"GDE No. {case.gd}", "ACTS_SECTIONS": case.statute,
            "COMPLAINANT": f"{c.name} S/o {c.father}, aged {c.age} years, R/o {c.address}",
            "ACCUSED": one_cell(case, known), "PLACE_OF_OCC": case.place, "IO": f"{known.rank} {case.officer}",
            "CASE_STATUS": ("UI", "PT", "CONVICTED")[case.at % 3], "BRIEF_FACTS": f"{case.narrative}\nEnd of report.",
        }  # fmt: skip
        fields = pick(
            case, "police_station year fir_no fir_date gd_no place io_name io_rank",
            narrative=f"{case.narrative}\nEnd of report.", result=cells["CASE_STATUS"], legacy_key=cells["FIR_SEQ"],
        )  # fmt: skip
        persons = [case.meant_complainant(("name", "relation", "relative_name", "age", "address"))]
        children = {"acts": case.meant_acts(), "persons": [*persons, *case.meant_accused()]}
        lines.append(Line(case.at, cells, fields, children))
    return lines


def _write_oracle(folder: Path, lines: Sequence[Line]) -> None:
    rows = [[stored("", t) for t in x.cells.values()] for x in lines]
    write_delimited(folder / "source.csv", rows, list(lines[0].cells), separator="^", quote='"', end="\n")


_LIST_HEAD = 3
_LIST = ("S.No.", "FIR No.", "Date of FIR", "U/S", "Name & Address of Complainant", "Name of Accused",
         "Place of Occurrence", "Property Stolen (Rs.)", "Recovered (Rs.)", "Name of I.O.", "Status")  # fmt: skip


def _excel() -> list[Line]:
    """A list of one station and year: two lines of title, names of columns in row 3, a total below."""
    known = words("en")
    lines = []
    for case in make_cases("dl_fir_list", "en", 2010, 16)[:8]:
        c = case.complainant
        texts = (
            str(case.at), str(case.number), f"{case.day:%d.%m.%Y}", case.statute,
            f"{c.name} S/o {c.father} R/o {c.address}", one_cell(case, known), case.place, f"Rs. {case.value}/-",
            case.recovered or "NIL", f"{known.rank} {case.officer}", ("Challan", "Untraced", "PT")[case.at % 3],
        )  # fmt: skip
        fields = pick(
            case, "fir_no fir_date place property_value io_name io_rank", police_station="Samplepur",
            year=str(case.year), recovered_value=case.recovered or "0", result=texts[-1],
        )  # fmt: skip
        persons = [
            case.meant_complainant(("name", "relation", "relative_name", "address")),
            *case.meant_accused(),
        ]
        cells = dict(zip(_LIST, texts, strict=True))
        children = {"acts": case.meant_acts(), "persons": persons}
        lines.append(Line(_LIST_HEAD + case.at, cells, fields, children))
    total = {n: "" for n in _LIST} | {"Place of Occurrence": "TOTAL", "Property Stolen (Rs.)": "9"}
    return [*lines, Line(_LIST_HEAD + len(lines) + 1, total, reported="total")]


def _write_excel(folder: Path, lines: Sequence[Line]) -> None:
    top = {1: ["LIST OF CASES REGISTERED"], 2: ["P.S. SAMPLEPUR, 2010"], _LIST_HEAD: list(_LIST)}
    write_xlsx(folder / "source.xlsx", "2010", {**top, **{x.row: list(x.cells.values()) for x in lines}})


FORMATS = (
    Format("wb_crime_register_bijoy", "wb", _bengal, _write_bengal, year=1999),
    Format("od_ediary_akruti", "od", _odisha, _write_odisha),
    Format("gj_cr_register_arun", "gj", _gujarat, _write_gujarat),
    Format("tg_ecops_english", "tg", _oracle, _write_oracle, year=2007),
    Format("dl_fir_list_english", "dl", _excel, _write_excel, station="Samplepur", year=2010),
)
