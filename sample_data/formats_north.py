"""Old tables of the north and centre: FoxPro and tape lists, Rajasthan, Punjab, Jammu."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sample_data import legacy
from sample_data.formats_cases import Case, make_cases, one_cell, pick, words
from sample_data.formats_write import Format, Line, inserts, shown, write_dbf, write_fixed

_FIRMAST_ROWS = 12


def _firmast() -> list[Line]:
    """The first rows of the sample table FIRMAST.DBF, one of them deleted."""
    return [_firmast_line(c) for c in legacy.make_cases()[:_FIRMAST_ROWS]]


def _firmast_line(case: legacy.Case) -> Line:
    acts = [dict(zip(("act", "section", "act_is_inferred"), a, strict=True)) for a in case.acts]
    fields = {k: v for k, v in case.expected.items() if v}
    children = {"acts": acts, "persons": [dict(p) for p in case.persons]}
    why = "deleted in the old system" if case.deleted else ""
    return Line(case.number, case.cells, fields, children, deleted=case.deleted, reported=why)


def _write_firmast(folder: Path, lines: Sequence[Line]) -> None:
    legacy.write_dbf(folder / "source.DBF", legacy.make_cases()[:_FIRMAST_ROWS])


TAPE = {
    "RECTYP": 2, "DISTCD": 2, "PSCD": 3, "CRNO": 5, "CRYR": 2, "REGDT": 8, "OCCDT": 8, "ACT1": 5, "SEC1": 6, "ACT2": 5,
    "SEC2": 6, "COMPNM": 28, "ACCNM": 28, "PLACE": 30, "PROPVAL": 9, "RECVAL": 9, "IONM": 28, "DISP": 3,
}  # fmt: skip
_TAPE_STATIONS = {"021": "Samplepur", "022": "Examplenagar"}


def _tape() -> list[Line]:
    """A tape of the state's computer: capitals, two acts with a section each, days as DDMMYYYY, zeros in front."""
    return [_tape_line(c) for c in make_cases("mp_crmtape", "en", 1987)]


def _tape_line(case: Case) -> Line:
    acts = case.meant_acts()[:2]
    second = acts[1] if len(acts) > 1 else {"act": "", "section": ""}
    accused = case.accused[0].name.upper() if case.accused else "UNKNOWN"
    code = next(c for c, s in _TAPE_STATIONS.items() if s == case.station)
    disposal = ("CS", "FRT", "UI")[case.at % 3]
    cells = {
        "RECTYP": "01", "DISTCD": "07", "PSCD": code, "CRNO": f"{case.number:05d}", "CRYR": str(case.year)[2:],
        "REGDT": f"{case.day:%d%m%Y}", "OCCDT": "00000000" if case.at == 5 else f"{case.began:%d%m%Y}",
        "ACT1": acts[0]["act"], "SEC1": acts[0]["section"], "ACT2": second["act"], "SEC2": second["section"],
        "COMPNM": case.complainant.name.upper(), "ACCNM": accused, "PLACE": case.place.upper(),
        "PROPVAL": f"{case.value:0>9}", "RECVAL": f"{case.recovered:0>9}", "IONM": f"SI {case.officer.upper()}",
        "DISP": disposal,
    }  # fmt: skip
    fields = pick(
        case, "police_station year fir_no fir_date property_value io_rank",
        occurrence_from="" if case.at == 5 else f"{case.began}", place=case.place.upper(),
        io_name=case.officer.upper(), recovered_value=case.recovered or "0", result=disposal,
    )  # fmt: skip
    named = {"role": "accused", "name": accused} if case.accused else {"role": "accused", "status": "unknown"}
    persons = [{"role": "complainant", "name": case.complainant.name.upper()}, named]
    return Line(
        case.at,
        cells,
        fields,
        {"acts": [{"act": a["act"], "section": a["section"]} for a in acts], "persons": persons},
    )


def _write_tape(folder: Path, lines: Sequence[Line]) -> None:
    write_fixed(folder / "source.txt", lines, TAPE)


def _rajasthan() -> list[Line]:
    """A list of crimes typed in DevLys: the number with its year in one cell, the father beside the name."""
    known = words("hi")
    lines = []
    for case in make_cases("rj_crime_list", "hi", 2001):
        c = case.complainant
        cells = {
            "THANA": case.station, "MUKADMA_NO": f"{case.number}/{case.year % 100:02d}",
            "DINANK": f"{case.day:%d.%m.%y}",
            "GHATNA_DINANK": f"{case.began:%d.%m.%y}", "DHARA": case.statute,
            "MUSTGIS": f"{c.name} पुत्र {c.father} निवासी {c.address}",
            "MULJIM": one_cell(case, known, marks="1. 2.", with_father="पुत्र"), "GHATNASTHAL": case.place,
            "CHORI": case.value, "BARAMAD": case.recovered or "निरंक", "AO": f"{known.rank} {case.officer}",
            "NATIJA": ("चालान", "एफ.आर.", "अनुसंधान")[case.at % 3],
        }  # fmt: skip
        parts = ("name", "relation", "relative_name", "address")
        accused = case.meant_accused(("name", "alias", "relation", "relative_name"))
        fields = pick(
            case, "police_station year fir_no fir_date occurrence_from place property_value io_name io_rank",
            recovered_value=case.recovered or "0", result=cells["NATIJA"],
        )  # fmt: skip
        persons = [case.meant_complainant(parts), *accused]
        lines.append(Line(case.at, cells, fields, {"acts": case.meant_acts(), "persons": persons}))
    return lines


def _write_rajasthan(folder: Path, lines: Sequence[Line]) -> None:
    plain = ("MUKADMA_NO", "DINANK", "GHATNA_DINANK", "CHORI")
    rows = [shown("devlys-010", x.cells, plain) for x in lines]
    text = "SET NAMES utf8;\nCREATE TABLE `apradh` (\n" + ",\n".join(f"  `{n}` varchar(255)" for n in rows[0])
    text += "\n) ENGINE=MyISAM;\n" + inserts("`apradh`", rows)
    (folder / "source.sql").write_text(text, "utf-8", newline="\n")


_PUNJAB = (("THANA", "C", 30), ("FIRNO", "N", 5), ("SAAL", "C", 2), ("MITI", "C", 8), ("WAQT", "C", 5),
           ("MITI_WAKUA", "C", 8), ("JURM", "C", 50), ("MUDAI", "C", 120), ("DOSHI", "C", 120),
           ("JAE_WAKUA", "C", 60), ("MAL", "N", 10), ("TAFTISHI", "C", 50), ("NATIJA", "C", 20))  # fmt: skip


def _punjab() -> list[Line]:
    """Gurmukhi FIR book in dBase: two-digit years, complainant with father and village in one cell."""
    known = words("pa")
    lines = []
    for case in make_cases("pb_fir_book", "pa", 1997):
        c = case.complainant
        is_deleted = case.at == 8
        cells = {
            "THANA": case.station, "FIRNO": str(case.number), "SAAL": str(case.year)[2:],
            "MITI": f"{case.day:%d-%m-%y}",
            "WAQT": case.time.replace(":", "."), "MITI_WAKUA": "" if case.at == 4 else f"{case.began:%d-%m-%y}",
            "JURM": case.statute, "MUDAI": f"{c.name} ਪੁੱਤਰ {c.father} ਵਾਸੀ {c.address}",
            "DOSHI": one_cell(case, known), "JAE_WAKUA": case.place, "MAL": case.value,
            "TAFTISHI": f"{known.rank} {case.officer}", "NATIJA": ("ਚਲਾਨ", "ਅਦਮ ਪਤਾ")[case.at % 2],
        }  # fmt: skip
        fields = pick(
            case, "police_station year fir_no fir_date fir_time place property_value io_name io_rank",
            occurrence_from="" if case.at == 4 else f"{case.began}", result=cells["NATIJA"],
        )  # fmt: skip
        persons = [case.meant_complainant(("name", "relation", "relative_name", "address")), *case.meant_accused()]
        why = "deleted in the old system" if is_deleted else ""
        children = {"acts": case.meant_acts(), "persons": persons}
        lines.append(Line(case.at, cells, fields, children, deleted=is_deleted, reported=why))
    return lines


def _write_punjab(folder: Path, lines: Sequence[Line]) -> None:
    write_dbf(folder / "source.dbf", lines, _PUNJAB, "gurbani-akhar")


def _jammu() -> list[Line]:
    """An Urdu list from Excel ("Unicode text"), Ranbir Penal Code, the station said at intake."""
    known = words("ur")
    lines = []
    for case in make_cases("jk_fir_list", "ur", 2007):
        c = case.complainant
        cells = {
            "نمبر شمار": str(case.at), "ایف آئی آر نمبر": f"{case.number}/{case.year}", "تاریخ": f"{case.day:%d/%m/%Y}",
            "دفعہ": case.statute, "مدعی": c.name, "ولدیت": c.father, "ملزم": one_cell(case, known),
            "جائے وقوعہ": case.place, "مالیت": case.value, "تفتیشی افسر": f"{known.rank} {case.officer}",
            "خلاصہ": case.narrative,
        }  # fmt: skip
        fields = pick(
            case, "year fir_no fir_date place property_value io_name io_rank narrative", police_station="Namuna Garh"
        )  # fmt: skip
        persons = [case.meant_complainant(("name", "relative_name")), *case.meant_accused()]
        lines.append(Line(case.at, cells, fields, {"acts": case.meant_acts(), "persons": persons}))
    return lines


def _write_jammu(folder: Path, lines: Sequence[Line]) -> None:
    rows = ["\t".join(lines[0].cells), *("\t".join(x.cells.values()) for x in lines)]
    (folder / "source.txt").write_bytes(("\ufeff" + "\r\n".join(rows) + "\r\n").encode("utf-16-le"))


FORMATS = (
    Format("up_firmast_krutidev", "up", _firmast, _write_firmast, stations=legacy.STATIONS),
    Format("mp_crmtape_english", "mp", _tape, _write_tape, year=1988, stations=_TAPE_STATIONS),
    Format("rj_crime_list_devlys", "rj", _rajasthan, _write_rajasthan, year=2002),
    Format("pb_fir_book_anmollipi", "pb", _punjab, _write_punjab, year=1998),
    Format("jk_fir_list_urdu", "jk", _jammu, _write_jammu, station="Namuna Garh"),
)
