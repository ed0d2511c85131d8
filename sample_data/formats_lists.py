"""Other old tables: missing persons and vehicles as lists of the capital, an exchange file saved twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from mappers.encodings import encode
from sample_data.formats_cases import make_cases, one_cell, pick, words
from sample_data.formats_write import Format, Line, stored, write_delimited

_MAKES = (("HERO HONDA", "hero"), ("BAJAJ", "bajaj"), ("MARUTI", "maruti"))


def _missing() -> list[Line]:
    """A list of missing persons (Talaash, ZIPNet): height in feet and colour words left as written, traced or not."""
    lines = []
    for case in make_cases("dl_missing_list", "en", 2011, 8):
        p, informant = case.complainant, case.officer
        traced = ("NOT TRACED", "TRACED", "FOUND DEAD")[case.at % 3]
        traced_on = f"{case.day:%d/%m/%Y}" if traced == "TRACED" else ""
        cells = {
            "PS": case.station, "REPNO": str(case.number), "REPYEAR": str(case.year),
            "REPDATE": f"{case.day:%d/%m/%Y}", "DDNO": str(case.gd),
            "DDDATE": f"{case.day:%d/%m/%Y}", "NAME": p.name, "FATHER": p.father, "SEX": p.sex[0].upper(),
            "AGE": str(p.age), "ADDRESS": p.address, "MISSDATE": f"{case.began:%d/%m/%Y}", "MISSPLACE": case.place,
            "INFORMANT": informant, "PHOTO": "YN"[case.at % 2], "STATUS": traced, "TRACEDON": traced_on,
        }  # fmt: skip
        fields = pick(
            case, "police_station year gd_no gd_date", report_no=str(case.number), reported_date=f"{case.day}",
            missing_from_date=f"{case.began}", last_seen_place=case.place, has_photograph=("yes", "no")[case.at % 2],
            trace_status=("untraced", "traced_alive", "found_dead")[case.at % 3],
            traced_date=f"{case.day}" if traced_on else "",
        )  # fmt: skip
        person = {"role": "missing", "name": p.name, "relative_name": p.father, "sex": p.sex, "age": str(p.age),
                  "address": p.address}  # fmt: skip
        persons = [person, {"role": "informant", "name": informant}]
        lines.append(Line(case.at, cells, fields, {"persons": persons}, form="missing"))
    return lines


def _vehicles() -> list[Line]:
    """A list of stolen vehicles as NCRB's property co-ordination took it: kinds and colours as codes."""
    lines = []
    for case in make_cases("dl_vehicle_list", "en", 2009, 8):
        owner = case.complainant
        cells = {
            "PS": case.station, "FIRNO": str(case.number), "FIRYEAR": str(case.year), "FIRDATE": f"{case.day:%d-%m-%Y}",
            "VEHTYPE": ("01", "02", "05")[case.at % 3], "MAKE": _MAKES[case.at % 3][0],
            "REGNO": f"ZZ-{case.at:02d} S {1000 + case.at}",
            "CHASSIS": f"CH{case.at:06d}", "ENGINE": "" if case.at == 4 else f"EN{case.at:06d}",
            "COLOUR": "WBR"[case.at % 3],
            "YRMFG": str(case.year - 2), "THEFTDATE": f"{case.began:%d-%m-%Y}", "THEFTPLACE": case.place,
            "OWNER": owner.name, "OWNERADD": owner.address, "STATUS": "SR"[case.at % 2],
        }  # fmt: skip
        fields = pick(
            case, "police_station year fir_no fir_date",
            vehicle_type=("motor_cycle", "scooter", "car")[case.at % 3], registration_no=cells["REGNO"],
            make=_MAKES[case.at % 3][1],
            chassis_no=cells["CHASSIS"], engine_no=cells["ENGINE"], colour=("white", "black", "red")[case.at % 3],
            manufacture_year=cells["YRMFG"], theft_date=f"{case.began}", theft_place=case.place,
            property_status=("stolen", "recovered")[case.at % 2],
        )  # fmt: skip
        person = {"role": "owner", "name": owner.name, "address": owner.address}
        lines.append(Line(case.at, cells, fields, {"persons": [person]}, form="vehicle"))
    return lines


def _write_list(folder: Path, lines: Sequence[Line]) -> None:
    rows = [[stored("", t) for t in x.cells.values()] for x in lines]
    write_delimited(folder / "source.csv", rows, list(lines[0].cells), separator=",", quote='"', end="\r\n")


def _exchange() -> list[Line]:
    """An exchange file in XML: Hindi in UTF-8 that was taken for Windows-1252 and saved as UTF-8 again."""
    known = words("hi")
    lines = []
    for case in make_cases("hp_fir_exchange", "hi", 2010, 8):
        c = case.complainant
        cells = {
            "PoliceStation": case.station, "FIRNo": str(case.number), "FIRYear": str(case.year),
            "FIRDate": f"{case.day}",
            "FIRTime": case.time, "ActSection": case.statute, "ComplainantName": c.name, "ComplainantFather": c.father,
            "Accused": one_cell(case, known), "PlaceOfOccurrence": case.place, "Contents": case.narrative,
            "IOName": f"{known.rank} {case.officer}",
        }  # fmt: skip
        fields = pick(case, "police_station year fir_no fir_date fir_time place io_name io_rank narrative")
        persons = [case.meant_complainant(("name", "relative_name")), *case.meant_accused()]
        lines.append(Line(case.at, cells, fields, {"acts": case.meant_acts(), "persons": persons}))
    return lines


def _write_exchange(folder: Path, lines: Sequence[Line]) -> None:
    def element(name: str, text: str) -> bytes:
        inside = escape(text).encode("ascii") if text.isascii() else encode("utf8-doubled", escape(text))
        return f"<{name}>".encode() + inside + f"</{name}>".encode()

    rows = [b"<FIR>" + b"".join(element(n, t) for n, t in x.cells.items()) + b"</FIR>\n" for x in lines]
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n<FIRS>\n'
    (folder / "source.xml").write_bytes(head + b"".join(rows) + b"</FIRS>\n")


FORMATS = (
    Format("dl_missing_list_english", "dl", _missing, _write_list),
    Format("dl_vehicle_list_english", "dl", _vehicles, _write_list),
    Format("hp_fir_exchange_doubled", "hp", _exchange, _write_exchange),
)
