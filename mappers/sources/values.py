"""Plain values that arrive at a mapping: the zones of a page, the cells of a row, and what is known beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mappers.codes.lists import CodeList
    from mappers.states import StateProfile


@dataclass(frozen=True, slots=True)
class ZoneValue:
    """What reading settled on for one zone of a page.

    raw: the text as read. value: the text decided by a closed list or grammar; None or "" when nothing fits, and then
    raw is mapped. confidence: 0..1 that the text is right. box: in pixels of the scan. blank: the zone surely holds
    no writing; an empty raw without blank means writing that could not be read. accept: the confidence from which the
    value may pass without a person. noise: raw says nothing; it stays for the trail, and nothing is mapped. notes: go
    with what is made of it.
    """

    raw: str
    value: str | None = None
    confidence: float = 1.0
    box: tuple[int, int, int, int] | None = None
    blank: bool = False
    candidates: tuple[str, ...] = ()
    accept: float = 0.0
    noise: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageValues:
    """One page as plain values; form_family is the family of the form it was recognised as."""

    page: str
    form_family: str
    zones: Mapping[str, ZoneValue]


@dataclass(frozen=True, slots=True)
class PlacedValue:
    """One cell of a register: its page, the name of its zone there, and what it says.

    notes: go with what is made of it. Of a cell that runs on over pages, the place is that of the part that a person
    should look at.
    """

    page: str
    zone: str
    value: ZoneValue
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageRow:
    """One row of a register: cells by column id. record_id: of the record to make. pages: on which it stands."""

    record_id: str
    pages: tuple[str, ...]
    cells: Mapping[str, PlacedValue]


@dataclass(frozen=True, slots=True)
class RowValues:
    """One row of a legacy table: cells by column name, as text or as the bytes of a font encoding.

    file: name of the file; table: name of the table or sheet; row: 1-based number in the source. record_id: id of the
    record to make; made from the context's id and the row number when empty.
    """

    file: str
    table: str
    row: int
    cells: Mapping[str, str | bytes]
    record_id: str = ""


@dataclass(frozen=True)
class MapContext:
    """What is known beside the source itself.

    record_id: id of the record made from pages; start of the ids of rows. state: profile of the state. language:
    two-letter code of the writing, "" when unknown. book_year: year of the book, the pivot of two-digit years.
    station, district: given at intake; used only where the source has none. lists: closed lists of the workspace,
    which stand before those of the package ("station", "district"). district_of: station -> its district.
    """

    record_id: str
    batch: str = ""
    state: StateProfile | None = None
    language: str = ""
    book_year: int | None = None
    station: str = ""
    district: str = ""
    lists: Mapping[str, CodeList] = field(default_factory=dict)
    district_of: Mapping[str, str] = field(default_factory=dict)


Pages = Sequence[PageValues]
Rows = Sequence[RowValues]
