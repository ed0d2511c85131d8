"""W.B.P. Form No. 27 as a new drawing: the items and words of the printed form, laid out by us."""

from __future__ import annotations

from sample_data.layout import LEFT, RIGHT, WIDTH, Cell, Measure, Printed, Row, Sheet, lay_out

FAMILY = "wbp_27"
_PART = 46


def sheet(measure: Measure) -> Sheet:
    """The form as it is laid out; measure: width of its print."""
    head = (
        Printed("W.B.P. Form No. 27", LEFT, 118, 26, bold=True),
        Printed("FIRST INFORMATION REPORT", WIDTH / 2, 124, 38, bold=True, align="m"),
        Printed("First Information of a cognizable crime reported under section 154 Cr. P. C. at P. S.", LEFT, 178, 23),
        Printed("Signature / Thumb Impression of", 130, 2240, 23),
        Printed("the Complainant / Informant", 130, 2272, 23),
        Printed("Officer-in-Charge, Police Station", RIGHT, 2272, 23, align="r"),
    )
    return lay_out(head, [*_case(), *_place(), *_people(), *_end()], 184, measure)


def _row(*cells: Cell, indent: int = 0, lines: int = 1) -> Row:
    return Row(cells, indent, lines)


def _case() -> list[Row]:
    return [
        _row(
            Cell("1.  Dist.", "district", 1.1),
            Cell("P.S.", "police_station", 1.3),
            Cell("Year", "year", 0.6),
            Cell("FIR. No.", "fir_no", 0.8),
            Cell("Date", "fir_date", 1.0),
        ),
        _row(Cell("2.  Acts & Sections", "statutes"), lines=2),
        _row(
            Cell("3.  (a) General Diary Reference : Entry No.", "gd_no", 0.8),
            Cell("Date", "gd_date", 1.0),
            Cell("Time", "gd_time", 0.9),
        ),
        _row(
            Cell("(b) Occurrence of Offence : Date", "occurrence_from", 1.0),
            Cell("Time", "occurrence_time_from", 0.9),
            indent=_PART,
        ),
        _row(Cell("(c) Information Received : Date", "info_date"), Cell("Time", "info_time"), indent=_PART),
        _row(Cell("4.  Type of information : Written / Oral", "info_type", answers=("Written", "Oral"))),
    ]


def _place() -> list[Row]:
    return [
        _row(Cell("5.  Place of Occurrence : (a) Direction and Distance from P.S.", "place_direction_distance")),
        _row(Cell("(a) Address", "place_address"), indent=_PART),
        _row(Cell("(b) In case outside limit of this Police Station, then the name of P.S.", "_outside"), indent=_PART),
    ]


def _people() -> list[Row]:
    return [
        _row(Cell("6.  Complainant / Informant :")),
        _row(Cell("(a) Name", "complainant_name"), indent=_PART),
        _row(Cell("(b) Father's / Husband's Name", "_relative"), indent=_PART),
        _row(Cell("(c) Age", "_age", 0.6), Cell("(d) Occupation", "_occupation"), indent=_PART),
        _row(Cell("(e) Address", "_address"), indent=_PART),
        _row(Cell("7.  Details of Known / Suspected / Unknown / Accused with full particulars")),
        _row(Cell("", "accused"), indent=_PART, lines=3),
        _row(Cell("8.  Reasons for delay in reporting by the Complainant / Informant", "delay_reason")),
        _row(Cell("9.  Particulars of Properties stolen / involved")),
        _row(Cell("", "property"), indent=_PART, lines=2),
        _row(Cell("10. Total value of Properties stolen / involved :", "property_value")),
        _row(Cell("11. Inquest report/U.D. : Case No., if any :", "ud_case_no")),
    ]


def _end() -> list[Row]:
    return [
        _row(Cell("12. FIR Contents : (Attach separate sheet, if required)")),
        _row(Cell("", "narrative"), indent=_PART, lines=5),
        _row(Cell("13. Action taken :", "action_taken")),
        _row(
            Cell("directed", "io_name", 1.6),
            Cell("Rank", "io_rank"),
            Cell("to take up the investigation"),
            indent=_PART,
        ),
        _row(Cell("Name :", "officer_name", 1.6), Cell("Rank :", "officer_rank"), indent=_PART),
    ]
