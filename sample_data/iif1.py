"""The printed IIF-I on one page, in thirteen languages. Labels: labels.csv. Items: those of IF1 (NCRB set)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from sample_data.layout import RIGHT, WIDTH, Cell, Measure, Printed, Row, Sheet, lay_out, mirrored

LANGUAGES = ("en", "hi", "bn", "ta", "mr", "te", "kn", "ml", "gu", "pa", "or", "as", "ur")
RIGHT_TO_LEFT = ("ur",)
FAMILY = "iif1_print"
_TOP = 192
_ITEM, _PART = 0, 40

# (indent, lines, ((label, zone, weight), ...)); a zone "" is print alone.
_ROWS: tuple[tuple[int, int, tuple[tuple[str, str, float], ...]], ...] = (
    (_ITEM, 1, (("district", "district", 1.2), ("police_station", "police_station", 1.4), ("year", "year", 0.8))),
    (_ITEM, 1, (("fir_no", "fir_no", 1.0), ("date", "fir_date", 1.3), ("time", "fir_time", 1.2))),
    (_ITEM, 2, (("statutes", "statutes", 1.0),)),
    (_ITEM, 1, (("occurrence", "occurrence_day", 1.0), ("date_from", "occurrence_from", 1.4))),
    (
        _PART,
        1,
        (
            ("time_from", "occurrence_time_from", 1.0),
            ("date_to", "occurrence_to", 1.2),
            ("time_to", "occurrence_time_to", 1.0),
        ),
    ),
    (_PART, 1, (("info", "info_date", 1.2), ("time", "info_time", 1.0))),
    (_PART, 1, (("gd", "gd_no", 0.8), ("date", "gd_date", 1.3), ("time", "gd_time", 1.1))),
    (_ITEM, 1, (("info_type", "info_type", 1.0),)),
    (_ITEM, 1, (("place_direction_distance", "place_direction_distance", 1.0),)),
    (_PART, 1, (("place_address", "place_address", 1.0),)),
    (_ITEM, 1, (("complainant_name", "complainant_name", 1.0),)),
    (_PART, 1, (("complainant_relative", "complainant_relative", 2.6), ("complainant_age", "complainant_age", 0.7))),
    (
        _PART,
        1,
        (("complainant_occupation", "complainant_occupation", 1.0), ("complainant_phone", "complainant_phone", 1.0)),
    ),
    (_PART, 1, (("complainant_address", "complainant_address", 1.0),)),
    (_ITEM, 1, (("accused", "", 1.0),)),
    (_PART, 3, (("", "accused", 1.0),)),
    (_ITEM, 1, (("delay_reason", "delay_reason", 1.0),)),
    (_ITEM, 1, (("property", "", 1.0),)),
    (_PART, 2, (("", "property", 1.0),)),
    (_ITEM, 1, (("property_value", "property_value", 1.0),)),
    (_ITEM, 1, (("ud_case_no", "ud_case_no", 1.0),)),
    (_ITEM, 1, (("narrative", "", 1.0),)),
    (_PART, 5, (("", "narrative", 1.0),)),
    (_ITEM, 1, (("action_taken", "action_taken", 1.0),)),
    (_PART, 1, (("io_name", "io_name", 1.6), ("rank", "io_rank", 1.0))),
    (_ITEM, 1, (("officer_name", "officer_name", 1.6), ("rank", "officer_rank", 1.0))),
    (_ITEM, 1, (("despatch", "despatch", 1.0),)),
)  # fmt: skip


def labels(language: str) -> Mapping[str, str]:
    """The printed words of the form by id."""
    with (Path(__file__).parent / "labels.csv").open(encoding="utf-8", newline="") as f:
        return {row["id"]: row[language] for row in csv.DictReader(f)}


def sheet(language: str, measure: Measure) -> Sheet:
    """The form as it is laid out in a language; measure: width of its print."""
    say = {"": "", **labels(language)}
    head = (
        Printed(say["number"], RIGHT, 92, 24, align="r"),
        Printed(say["title"], WIDTH / 2, 140, 44, bold=True, align="m"),
        Printed(say["under"], WIDTH / 2, 186, 25, align="m"),
        Printed(say["signature"], 130, 2262, 22),
        Printed(say["officer_signature"], RIGHT, 2262, 22, align="r"),
    )
    made = lay_out(head, [_row(say, *row) for row in _ROWS], _TOP, measure)
    return mirrored(made) if language in RIGHT_TO_LEFT else made


def _row(say: Mapping[str, str], indent: int, lines: int, cells: tuple[tuple[str, str, float], ...]) -> Row:
    answers = {"info_type": (say["written"], say["oral"])}
    set_cells = tuple(Cell(say[label], zone, weight, answers.get(label, ())) for label, zone, weight in cells)
    return Row(set_cells, indent, lines, boxed=cells[0][1] == "statutes")
