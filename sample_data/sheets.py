"""Printed forms of several pages as the samples draw them: sheet_forms.toml and sheet_labels.csv, laid out.

The same rows draw the pages and give the form files, as with the IIF-I on one page (iif1.py). Every page after the
first bears the number, day, station and year of its record, by which it is tied to it.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sample_data.layout import RIGHT, WIDTH, Cell, Measure, Printed, Row, Sheet, lay_out

_HERE = Path(__file__).parent
_TIES = ("police_station", "year", "fir_no", "fir_date")
_HEAD = ("- fir_no fir_no 1.0; - date fir_date 1.2", "- police_station police_station 1.6; - year year 0.8")
_TOP, _NEXT_TOP, _PART = 192, 150, 40
_LETTERS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "en": "abcdefghij",
        "hi": "कखगघङचछजझञ",
        "bn": "কখগঘঙচছজঝঞ",
        "ta": ("அ", "ஆ", "இ", "ஈ", "உ", "ஊ", "எ", "ஏ", "ஐ", "ஒ"),
    }
)
_BENGALI = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")


@dataclass(frozen=True)
class SheetPage:
    """One page of a form: its rows as sheet_forms.toml has them, and how it occurs in a record."""

    part: int
    name: str
    rows: tuple[str, ...]
    optional: bool = False
    repeats: bool = False


@dataclass(frozen=True)
class SheetForm:
    """A form of several pages. title: in form files; number, label, under: printed at its head; the last two are ids of
    labels, as are signatures, at the left and right of each page's foot. ties: what every page bears of its record;
    head: the rows that bear it on later pages.
    """

    family: str
    title: str
    number: str
    label: str
    under: str
    languages: tuple[str, ...]
    signatures: tuple[str, ...]
    source: str
    pages: tuple[SheetPage, ...]
    ties: tuple[str, ...] = _TIES
    head: tuple[str, ...] = _HEAD


@cache
def sheet_forms() -> Mapping[str, SheetForm]:
    """All of them by family."""
    data = tomllib.loads((_HERE / "sheet_forms.toml").read_text(encoding="utf-8"))
    return {family: _form(family, dict(said)) for family, said in data.items()}


def _form(family: str, said: dict[str, Any]) -> SheetForm:
    pages = tuple(SheetPage(n, **{**p, "rows": tuple(p["rows"])}) for n, p in enumerate(said.pop("page"), 1))
    lists = {k: tuple(said.pop(k)) for k in ("languages", "signatures", "ties", "head") if k in said}
    return SheetForm(family, pages=pages, **lists, **said)


def sheet_id(family: str, part: int, language: str) -> str:
    """The id of a page's form file."""
    return f"{family}_{language}_{part}"


def sheet_style(family: str, part: int, language: str) -> str:
    """What such a page is drawn by; see `split_style`."""
    return f"{family}/{part}/{language}"


def split_style(style: str) -> tuple[str, int, str] | None:
    """Family, part and language of a page of a form of several; None for another style."""
    family, _, rest = style.partition("/")
    part, _, language = rest.partition("/")
    return (family, int(part), language) if language else None


@cache
def sheet_labels(language: str) -> Mapping[str, str]:
    """Label id -> what is printed."""
    with (_HERE / "sheet_labels.csv").open(encoding="utf-8", newline="") as f:
        return {row["id"]: row[language] for row in csv.DictReader(f)}


def sheet(form: SheetForm, part: int, language: str, measure: Measure) -> Sheet:
    """A page as it is laid out. measure: width of its print. Raises ValueError when it has not room for its rows."""
    say, page = sheet_labels(language), form.pages[part - 1]
    number = f"{form.number}  {say['page']} {part}"
    head = [Printed(number, RIGHT, 92, 24, align="r")]
    if part == 1:
        head += [
            Printed(say[form.label], WIDTH / 2, 140, 44, bold=True, align="m"),
            Printed(say[form.under], WIDTH / 2, 186, 25, align="m"),
        ]
    else:
        head.append(Printed(say[form.label], WIDTH / 2, 140, 30, bold=True, align="m"))
    left, right = form.signatures
    head += [Printed(say[left], 130, 2262, 22), Printed(say[right], RIGHT, 2262, 22, align="r")]
    rows = page.rows if part == 1 else (*form.head, *page.rows)
    top = _TOP if part == 1 else _NEXT_TOP
    return lay_out(head, [_row(text, language) for text in rows], top, measure)


def _row(text: str, language: str) -> Row:
    indent = _PART if text.startswith(">") else 0
    text, _, lines = text.removeprefix(">").partition(" x")
    cells = tuple(_cell(*cell.split(), language=language) for cell in text.split(";"))
    return Row(cells, indent, int(lines or 1), boxed=cells[0].zone == "statutes")


def _cell(item: str, label: str, zone: str, weight: str = "1.0", *, language: str) -> Cell:
    print_of = "" if label == "-" else _item(item, language) + sheet_labels(language)[label]
    answers = tuple(_answers(zone, language)) if zone == "info_type" else ()
    return Cell(print_of, "" if zone == "-" else zone, float(weight), answers)


def _answers(zone: str, language: str) -> Iterator[str]:
    yield from (sheet_labels(language)[word] for word in ("written", "oral"))


def _item(item: str, language: str) -> str:
    """How a form prints an item: "3.  (a) "."""
    number = "".join(c for c in item if c.isdigit())
    letter = item.removeprefix(number).strip("-")
    stop = "।" if language == "bn" else "."
    told = f"{number.translate(_BENGALI) if language == 'bn' else number}{stop}  " if number else ""
    return told + (f"({_LETTERS[language]['abcdefghij'.index(letter)]}) " if letter else "")
