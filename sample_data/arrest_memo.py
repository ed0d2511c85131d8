"""An arrest memo (IIF-III) as an invented print without a form file: what `digitize forms new` is shown on.

    python sample_data/arrest_memo.py            writes prints/arrest_memo_en.png

Items are those of the IF3 form in our own wording and layout: dotted lines, boxes to tick, printed answers, a table.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image, ImageOps

from sample_data.draw import draw_print, print_measure
from sample_data.fonts import FOLDER, Fonts
from sample_data.layout import LABEL_SIZE, LEFT, PITCH, RIGHT, WIDTH, Box, Cell, Measure, Printed, Row, Sheet, lay_out

TARGET = Path(__file__).parent / "prints" / "arrest_memo_en.png"
_PART = 46
_TICK = 26
_MODES = ("Arrested", "Surrendered in court", "Remanded", "Bailed out", "On warrant")
_COLUMNS = ("S.No.", "Name of witness", "Address", "Signature")
_EDGES = (LEFT, 220, 640, 1240, RIGHT)


def sheet(measure: Measure) -> Sheet:
    """The form as it is laid out; measure: width of its print."""
    head = (
        Printed("I.I.F.-III", RIGHT, 92, 24, align="r"),
        Printed("ARREST / COURT SURRENDER MEMO", WIDTH / 2, 140, 40, bold=True, align="m"),
        Printed("(A separate memo for each person arrested)", WIDTH / 2, 184, 24, align="m"),
        Printed("Signature of arrested person", 130, 2262, 22),
        Printed("Signature of Investigating Officer", RIGHT, 2262, 22, align="r"),
    )
    made = lay_out(head, _rows(), 184, measure)
    base = made.blank("statutes").lines[-1][2] + PITCH
    made.prints.append(Printed("5.  Mode:", LEFT, base, LABEL_SIZE))
    x = LEFT + measure("5.  Mode:", LABEL_SIZE) + 24
    for mode in _MODES:
        x = _ticked(made, mode, x, base, measure)
    _table(made, made.blank("io_name").lines[-1][2] + PITCH + 40)
    return made


def _rows() -> list[Row]:
    def row(*cells: Cell, indent: int = 0, lines: int = 1) -> Row:
        return Row(cells, indent, lines)

    return [
        row(Cell("1.  District", "district"), Cell("P.S.", "police_station"), Cell("Year", "year", 0.5)),
        row(Cell("FIR No.", "fir_no", 0.6), Cell("Date", "fir_date", 0.8), Cell("Code of accused", "code", 0.4)),
        row(
            Cell("2.  Date of arrest", "arrest_date"), Cell("Time", "arrest_time", 0.7), Cell("G.D. No.", "gd_no", 0.6)
        ),
        row(Cell("3.  Name of court, if surrendered", "court")),
        row(Cell("4.  Acts & Sections", "statutes"), lines=2),
        row(),
        row(Cell("6.  Particulars of the person arrested:  (i) Name", "accused_name")),
        row(Cell("(ii) Father's/Husband's Name", "relative"), Cell("(iii) Alias", "alias", 0.6), indent=_PART),
        row(Cell("(iv) Nationality", "nationality"), Cell("(v) Religion", "religion"), indent=_PART),
        row(Cell("(vi) Caste/Tribe", "caste"), Cell("(vii) Occupation", "occupation"), indent=_PART),
        row(Cell("(viii) Permanent Address", "permanent_address"), indent=_PART),
        row(Cell("(ix) Present Address", "present_address"), indent=_PART),
        row(Cell("7.  Injuries and physical condition")),
        row(Cell("", "injuries"), indent=_PART, lines=2),
        row(Cell("8.  Articles found on search", "articles"), lines=2),
        row(Cell("9.  Sex:  Male / Female / Transgender", "sex", 0.8), Cell("Date/Year of Birth", "birth")),
        row(
            Cell("Height (cms)", "height", 0.5), Cell("Build", "build"), Cell("Complexion", "complexion"), indent=_PART
        ),
        row(Cell("Identification Mark(s)", "marks"), indent=_PART),
        row(Cell("10.  Finger print taken:  Yes / No", "finger_print")),
        row(Cell("11.  Name of I.O.", "io_name", 1.6), Cell("Rank", "io_rank")),
    ]


def _ticked(made: Sheet, word: str, x: float, base: int, measure: Measure) -> float:
    """A box to tick and its word; returns where the next one begins."""
    left = round(x)
    made.frames.append((left, base - _TICK + 3, left + _TICK, base + 3))
    made.prints.append(Printed(word, left + _TICK + 12, base, LABEL_SIZE))
    return left + _TICK + 12 + measure(word, LABEL_SIZE) + 34


def _table(made: Sheet, top: int) -> None:
    """The witnesses: a row of headings and two empty ones."""
    made.prints.append(Printed("12.  Witnesses to the arrest", LEFT, top, LABEL_SIZE))
    top += 22
    for i in range(3):
        cells: list[Box] = [(a, top + i * 60, b, top + (i + 1) * 60) for a, b in zip(_EDGES, _EDGES[1:], strict=False)]
        made.frames += cells
    for word, left in zip(_COLUMNS, _EDGES, strict=False):
        made.prints.append(Printed(word, left + 14, top + 40, LABEL_SIZE))


def main() -> None:
    """Draw the print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fonts", type=Path, default=FOLDER, help="folder that npm installed the font packages into")
    fonts = Fonts(parser.parse_args().fonts)
    printed = draw_print(sheet(print_measure(fonts, "en")), fonts, "en")
    black: Image.Image = ImageOps.invert(printed).point(lambda v: 255 * (v >= 150)).convert("1")
    black.save(TARGET, optimize=True)
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
