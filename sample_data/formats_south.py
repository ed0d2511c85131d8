"""Old tables of the south and west: CAARUS, Police IT, e-COPS, Crime Drive, the Access file of Maharashtra, Gujarat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sample_data.formats_cases import Case, make_cases, one_cell, pick, words
from sample_data.formats_write import Format, Line, inserts, shown, stored, write_delimited

MDB = "mh_crime_mdb", "mr", 2002
_PS = {"14": words("mr").villages[0], "15": words("mr").villages[1]}
_LATER = timedelta(days=58)
_MDB_PLAIN = ("FIRDATE", "FIRTIME", "OCCFROM", "OCCTO", "CSDATE", "PROPSTOLEN", "PROPREC", "SUMMARY")


def _tbl_fir() -> list[Line]:
    """tblFIR: keys of its own, hours as 1899-12-30, currency with four places, Yes/No as -1 and 0."""
    return [_tbl_fir_line(c) for c in make_cases(*MDB)]


def _tbl_fir_line(case: Case) -> Line:
    c = case.complainant
    psid = next(i for i, s in _PS.items() if s == case.station)
    nobody, is_open = case.at == 6, case.at in (2, 7)
    cells = {
        "FIRID": str(1200 + case.at), "PSID": psid, "FIRNO": str(case.number), "FIRYEAR": str(case.year),
        "FIRDATE": f"{case.day} 00:00:00", "FIRTIME": f"1899-12-30 {case.time}:00",
        "OCCFROM": "" if case.at == 3 else f"{case.began} 00:00:00", "OCCTO": f"{case.day} 00:00:00",
        "ACTSEC": case.statute, "COMPNAME": c.name, "COMPFATHER": "-" if nobody else c.father, "COMPADDR": c.address,
        "PLACE": case.place, "BEATNO": str(1 + case.at % 4), "PROPSTOLEN": f"{case.value}.0000",
        "PROPREC": f"{case.recovered or 0}.0000", "IONAME": f"{words('mr').rank} {case.officer}",
        "DETECTED": ("-1", "0")[case.at % 2], "CSNO": "" if is_open else str(case.at),
        "CSDATE": "" if is_open else f"{case.day + _LATER} 00:00:00",
        "SUMMARY": "" if is_open else ("C/S", "A", "B")[case.at % 3],
        "REMARKS": case.narrative,
    }  # fmt: skip
    fields = pick(
        case, "police_station year fir_no fir_date fir_time occurrence_to place property_value io_name io_rank"
        " narrative", occurrence_from="" if case.at == 3 else f"{case.began}", beat=str(1 + case.at % 4),
        recovered_value=case.recovered or "0", result=cells["SUMMARY"], legacy_key=cells["FIRID"],
    )  # fmt: skip
    person = case.meant_complainant(("name", "address") if nobody else ("name", "relative_name", "address"))
    also = () if is_open else (_tbl_fir_report(case),)
    return Line(case.at, cells, fields, {"acts": case.meant_acts(), "persons": [person]}, also=also)


def _tbl_fir_report(case: Case) -> Line:
    """The final report that stands in the same row: charge-sheet, or summary A (untraced) or B (false)."""
    kinds = ("charge_sheet", "fr_true_undetected_untraced", "fr_unoccurred")
    fields = pick(
        case, "police_station year fir_no io_name io_rank", report_no=str(case.at), report_date=f"{case.day + _LATER}",
        report_type=kinds[case.at % 3],
    )  # fmt: skip
    return Line(case.at, {}, fields, form="iif5")


def _tbl_accused() -> list[Line]:
    """tblAccused: one row for each person, with the number of the case beside the key of the other table."""
    lines: list[Line] = []
    for case in make_cases(*MDB):
        for person in case.accused:
            psid = next(i for i, s in _PS.items() if s == case.station)
            cells = {
                "ACCID": str(8800 + len(lines)), "FIRID": str(1200 + case.at), "PSID": psid, "FIRNO": str(case.number),
                "FIRYEAR": str(case.year), "ACCNAME": person.name, "ACCALIAS": person.alias, "FATHER": person.father,
                "AGE": str(person.age), "SEX": person.sex[0].upper(), "ADDRESS": person.address,
                "ARRESTED": ("-1", "0")[case.at % 2],
            }  # fmt: skip
            fields = pick(case, "police_station year fir_no", legacy_key=cells["FIRID"])
            meant = {"role": "accused", "name": person.name, "relative_name": person.father, "age": cells["AGE"],
                     "sex": person.sex, "address": person.address}  # fmt: skip
            meant |= {"alias": person.alias} if person.alias else {}
            lines.append(Line(len(lines) + 1, cells, fields, {"persons": [meant]}))
    return lines


def _write_mdb(folder: Path, lines: Sequence[Line]) -> None:
    rows = [[t.encode() for t in shown("shree-dev-0714", x.cells, _MDB_PLAIN).values()] for x in lines]
    write_delimited(folder / "source.csv", rows, list(lines[0].cells), separator=",", quote='"', end="\n")


def _tamil() -> list[Line]:
    """CAARUS: a script of SQL Server, Tamil in Bamini inside N'...', the number with its year in one cell."""
    known = words("ta")
    lines = []
    for case in make_cases("tn_caarus", "ta", 2003):
        c = case.complainant
        cells = {
            "StationName": case.station, "CrNo": f"{case.number}/{case.year}", "RegDate": f"{case.day} 00:00:00.000",
            "RegTime": case.time, "OccFrom": "1900-01-01 00:00:00.000" if case.at == 5 else f"{case.began}",
            "OccTo": f"{case.day}", "SecOfLaw": case.statute, "CompName": c.name, "CompFather": c.father,
            "CompAge": str(c.age), "CompAddress": c.address, "AccName": one_cell(case, known), "PlaceOcc": case.place,
            "PropLost": f"{case.value}.00", "PropRecd": f"{case.recovered}.00" if case.recovered else "",
            "IOName": f"{known.rank} {case.officer}", "Stage": ("UI", "PT", "CONV")[case.at % 3],
            "Gist": case.narrative,
        }  # fmt: skip
        fields = pick(
            case, "police_station year fir_no fir_date fir_time occurrence_to place property_value recovered_value"
            " io_name io_rank narrative", occurrence_from="" if case.at == 5 else f"{case.began}",
            result=cells["Stage"],
        )  # fmt: skip
        persons = [case.meant_complainant(("name", "relative_name", "age", "address")), *case.meant_accused()]
        lines.append(Line(case.at, cells, fields, {"acts": case.meant_acts(), "persons": persons}))
    return lines


def _write_tamil(folder: Path, lines: Sequence[Line]) -> None:
    plain = ("CrNo", "RegDate", "RegTime", "OccFrom", "OccTo", "PropLost", "PropRecd", "Stage", "CompAge")
    rows = [shown("bamini", x.cells, plain) for x in lines]
    columns = ",\n".join(f"\t[{n}] [nvarchar](max) NULL" for n in rows[0])
    text = f"CREATE TABLE [dbo].[CrimeRegister](\n{columns}\n)\nGO\n"
    text += inserts("[dbo].[CrimeRegister]", rows, quote="N'", end="\nGO\n")
    (folder / "source.sql").write_bytes(("\ufeff" + text).replace("\n", "\r\n").encode("utf-16-le"))


def _kannada() -> list[Line]:
    """Police IT: text with commas; the complainant with father (bin), age and village in one cell."""
    known = words("kn")
    lines = []
    for case in make_cases("ka_policeit", "kn", 2005):
        c = case.complainant
        cells = {
            "PSNAME": case.station, "CRIME_NO": f"{case.number:04d}/{case.year}", "REG_DT": f"{case.day:%d-%m-%Y}",
            "REG_TM": f"{case.time}", "OCC_DT": f"{case.began:%d-%m-%Y}", "ACT_SEC": case.statute,
            "COMPL": f"{c.name} ಬಿನ್ {c.father}, ವಯಸ್ಸು {c.age}, ವಾಸ {c.address}", "ACCUSED": one_cell(case, known),
            "PLACE": case.place, "PROP_VALUE": case.value, "IO": f"{known.rank} {case.officer}",
            "STATUS": ("UI", "CHARGE SHEET", "UN")[case.at % 3], "BRIEF_FACTS": case.narrative,
        }  # fmt: skip
        fields = pick(
            case, "police_station year fir_no fir_date fir_time occurrence_from place property_value io_name io_rank"
            " narrative", result=cells["STATUS"],
        )  # fmt: skip
        persons = [case.meant_complainant(("name", "relation", "relative_name", "age", "address"))]
        children = {"acts": case.meant_acts(), "persons": [*persons, *case.meant_accused()]}
        lines.append(Line(case.at, cells, fields, children))
    return lines


def _write_kannada(folder: Path, lines: Sequence[Line]) -> None:
    rows = [[stored("nudi-baraha", t) for t in x.cells.values()] for x in lines]
    write_delimited(folder / "source.csv", rows, list(lines[0].cells), separator=",", quote='"', end="\r\n")


def _telugu() -> list[Line]:
    """A crime list typed in Shree-Lipi Telugu, whose table of codes is not confirmed."""
    known = words("te")
    lines = []
    for case in make_cases("ap_crime_list", "te", 2004):
        c = case.complainant
        cells = {
            "PS": case.station, "CRNO": str(case.number), "CRYEAR": str(case.year), "DT_REPORT": f"{case.day:%d.%m.%Y}",
            "DT_OFFENCE": f"{case.began:%d.%m.%Y}", "SEC_LAW": case.statute, "COMPLT": c.name,
            "COMPLT_FATHER": c.father,
            "COMPLT_ADDR": c.address, "ACCUSED": one_cell(case, known), "SCENE": case.place, "PROP_LOST": case.value,
            "PROP_RECD": case.recovered or "NIL", "IO": f"{known.rank} {case.officer}",
            "DISPOSAL": ("C.S.", "UN", "MF")[case.at % 3],
        }  # fmt: skip
        fields = pick(
            case, "police_station year fir_no fir_date occurrence_from place property_value io_name io_rank",
            recovered_value=case.recovered or "0", result=cells["DISPOSAL"],
        )  # fmt: skip
        persons = [case.meant_complainant(("name", "relative_name", "address")), *case.meant_accused()]
        lines.append(Line(case.at, cells, fields, {"acts": case.meant_acts(), "persons": persons}))
    return lines


def _write_telugu(folder: Path, lines: Sequence[Line]) -> None:
    rows = [[stored("unconfirmed-shree-tel-0900", t) for t in x.cells.values()] for x in lines]
    write_delimited(folder / "source.txt", rows, list(lines[0].cells), separator="\t", end="\r\n")


def _malayalam() -> list[Line]:
    """Crime Drive: a dump of MySQL, Malayalam in ML-TT Karthika."""
    known = words("ml")
    lines = []
    for case in make_cases("kl_crimedrive", "ml", 2006):
        c = case.complainant
        cells = {
            "crime_id": str(500 + case.at), "ps_name": case.station, "crime_no": f"{case.number}/{case.year % 100:02d}",
            "reg_date": f"{case.day}", "reg_time": f"{case.time}:00", "occ_date": f"{case.began}",
            "sections": case.statute, "petitioner": c.name, "petitioner_address": c.address,
            "accused": one_cell(case, known), "po_place": case.place, "gist": case.narrative,
            "io_name": f"{known.rank} {case.officer}", "stage": ("UI", "CC", "REF")[case.at % 3],
        }  # fmt: skip
        fields = pick(
            case, "police_station year fir_no fir_date fir_time occurrence_from place io_name io_rank narrative",
            result=cells["stage"], legacy_key=cells["crime_id"],
        )  # fmt: skip
        persons = [case.meant_complainant(("name", "address")), *case.meant_accused()]
        lines.append(Line(case.at, cells, fields, {"acts": case.meant_acts(), "persons": persons}))
    return lines


def _write_malayalam(folder: Path, lines: Sequence[Line]) -> None:
    plain = ("crime_id", "crime_no", "reg_date", "reg_time", "occ_date", "stage")
    rows = [shown("mltt-karthika", x.cells, plain) for x in lines]
    text = "CREATE TABLE `crime_register` (\n" + ",\n".join(f"  `{n}` text" for n in rows[0])
    text += "\n) ENGINE=InnoDB DEFAULT CHARSET=latin1;\n"
    text += inserts("`crime_register`", [{k: v.replace("\\", "\\\\") for k, v in r.items()} for r in rows])
    (folder / "source.sql").write_text(text, "utf-8", newline="\n")


FORMATS = (
    Format("mh_crime_mdb_fir_shreedev", "mh", _tbl_fir, _write_mdb, stations=_PS),
    Format("mh_crime_mdb_accused_shreedev", "mh", _tbl_accused, _write_mdb, stations=_PS),
    Format("tn_caarus_bamini", "tn", _tamil, _write_tamil),
    Format("ka_policeit_nudi", "ka", _kannada, _write_kannada),
    Format("ap_crime_list_shreelipi", "ap", _telugu, _write_telugu),
    Format("kl_crimedrive_karthika", "kl", _malayalam, _write_malayalam, year=2007),
)
