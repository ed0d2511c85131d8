"""Register pages as plain rows, with the context carried over from earlier pages of the volume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.reading.calibration import NEVER, threshold
from digitize.reading.days import day_above, day_zones
from digitize.reading.entries import PageOfRows, rows_of
from digitize.reading.neighbours import Facts, find_needed_pages, make_page_facts
from digitize.reading.rows import CONTINUATION, NO_ENTRY, RegisterRow, RowCell, is_sure, mark_doubtful
from digitize.reading.values import zone_value
from mappers.sources.values import ZoneValue
from ocr.forms.legible import is_noise
from ocr.page import Decided, Reading, Recognition
from ocr.plain import reading_from_plain, recognition_from_plain

if TYPE_CHECKING:
    from digitize.reading.job import PageReading

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Read:
    """A page of the volume as read. facts: what neighbouring pages need."""

    page: PageOfRows
    facts: Facts


class VolumeRows:
    """Rows of one volume's pages, numbered from 1.

    Rows and ditto marks are joined by the same functions as in a workspace (digitize/reading/entries.py), but each page
    is delivered before the next is read, so a row that continues appears in parts, one per page.
    """

    def __init__(self, folders: tuple[Path, ...]) -> None:
        """folders: with registers in addition to the package's."""
        self._folders = folders
        self._form: str | None = None
        self._pages: list[_Read] = []
        self._count = self._entry = 0

    def rows(self, page: str, found: PageReading) -> Iterator[Plain]:
        """Rows of the next page; a continued row keeps its number and is marked."""
        read = self._take(page, found)
        at = len(self._pages) - 1
        needed = find_needed_pages([p.facts for p in self._pages], at)
        own = replace(read.page, leaves_first=needed.is_joined and needed.top == at)
        rows = rows_of([*(p.page for p in self._pages[needed.top : at]), own], page)
        first = next(iter(read.page.rows()), None)
        if needed.is_joined and first is not None and first.id not in [r.id for r in rows]:
            part = mark_doubtful(first, frozenset())
            yield _as_row(replace(part, notes=(CONTINUATION,)), self._entry, read.page.reading)
        for row in rows:
            self._count += 1
            # Years and totals are counted as rows, but nothing goes on from them over the page.
            self._entry = self._entry if row.kind in NO_ENTRY else self._count
            yield _as_row(row, self._count, read.page.reading)

    def break_off(self) -> None:
        """Drop the carried context: the next page could not be read."""
        self._form, self._pages = None, []

    def _take(self, page: str, found: PageReading) -> _Read:
        reading, seen = reading_from_plain(found.reading), recognition_from_plain(found.recognition)
        if reading.form != self._form:
            self._form, self._pages = reading.form, []
        self._pages.append(_read(page, reading, seen, self._folders))
        return self._pages[-1]


def _read(page: str, reading: Reading, seen: Recognition, folders: tuple[Path, ...]) -> _Read:
    from ocr.registers import known_registers

    form = known_registers(folders).find(reading.form)
    has_days = form is not None and form.days
    accept = threshold(form, {})
    zones = {name: zone_value(decided, accept) for name, decided in reading.zones.items()}
    facts = make_page_facts(reading, has_days=has_days, is_day_above=day_above(seen.around) is not None)
    return _Read(PageOfRows(page, reading, zones, days=day_zones(seen, accept) if has_days else None), facts)


def _as_row(row: RegisterRow, number: int, reading: Reading) -> Plain:
    """One row as plain data. reported: why it gives no record, as a stable code, "" if it does."""
    boxes = next(place.boxes for place in reading.rows if place.id == row.id)
    return {
        "number": number,
        "boxes": [list(box) for box in boxes],
        "doubtful": row.doubtful,
        "notes": list(row.notes),
        "cells": {name: _as_cell(cell, reading.zones.get(f"{row.id}.{name}")) for name, cell in row.cells.items()},
        "reported": row.reported,
    }


def _as_cell(cell: RowCell, decided: Decided | None) -> Plain:
    """One cell as plain data. decided: the reading; None for the date above entries, which has no column."""
    value = cell.placed.value
    read = as_field(decided, NEVER) if decided is not None else _as_value(value)
    candidates = [{"text": text, "confidence": value.confidence} for text in value.candidates]
    return {
        **read,
        "value": value.value or "",
        "raw": value.raw,
        "confidence": value.confidence,
        # What a ditto mark might be read as says nothing; the row above it tells what may be meant.
        "candidates": candidates if cell.is_ditto else read["candidates"],
        "notes": list(dict.fromkeys((*read["notes"], *cell.placed.notes))),
        "asked": not is_sure(value),
    }


def _as_value(value: ZoneValue) -> Plain:
    return {"box": list(value.box or ()), "blank": value.blank, "candidates": [], "notes": [], "value": "", "raw": ""}


def as_field(decided: Decided, accept: float | None = None) -> Plain:
    """One value as plain data. blank: nothing is written there, as opposed to unread.

    accept: confidence from which it may pass; `asked` then says whether it needs review.
    """
    plain = {
        "value": "" if is_noise(decided) else decided.value,
        "raw": decided.raw,
        "confidence": decided.confidence,
        "box": list(decided.box),
        "blank": decided.blank,
        "candidates": [{"text": c.text, "confidence": c.confidence} for c in decided.candidates],
        "notes": list(decided.notes),
    }
    return plain if accept is None else {**plain, "asked": not is_sure(zone_value(decided, accept))}
