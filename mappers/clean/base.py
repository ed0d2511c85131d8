"""What a cleaner is: one signature, one kind of answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mappers.codes.lists import CodeList


class CleanedCell(NamedTuple):
    """One cleaned value. value: canonical text, None when the raw text has no sure one. confidence: 0..1, the
    cleaner's own share. notes: stable words for what it saw. raw: the piece of the source it rests on, "" for all.
    """

    value: str | None
    confidence: float = 1.0
    notes: tuple[str, ...] = ()
    raw: str = ""


class CleanedRows(NamedTuple):
    """Rows of named parts, each part cleaned; notes say what concerns them all. No row: nothing was found.

    texts: of each row its piece of the source, () where that is the whole text.
    """

    rows: tuple[Mapping[str, CleanedCell], ...]
    notes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class CleanContext:
    """What a cleaner may know. book_year: pivot of two-digit years. day: ISO day of occurrence or report, or a year,
    "" when unknown. codes: name of the list the field wants. lists: closed lists by name.
    """

    language: str = ""
    state: str = ""
    book_year: int | None = None
    day: str = ""
    codes: str = ""
    lists: Mapping[str, CodeList] = field(default_factory=dict)


Clean = Callable[[str, CleanContext], CleanedCell]
CleanRows = Callable[[str, CleanContext], CleanedRows]


@dataclass(frozen=True, slots=True)
class Cleaner:
    """A named cleaner. Either `clean` (one value) or `rows` with its `parts` (several fields, or several rows).

    main: the part that keeps the raw text when nothing else fits. many: it may give several rows. uses_day,
    uses_year: its answer depends on the day of the record, on the year of its book. kinds: kinds of field that its
    one value fits, () for any. derived: parts worked out from another part, which may be left out without a loss.
    lists: part ("" for the one value) -> the list whose codes it gives. is_timeless: tells texts that mean the same on
    every day and in every book.
    """

    name: str
    clean: Clean | None = None
    rows: CleanRows | None = None
    parts: tuple[str, ...] = ()
    main: str = ""
    many: bool = False
    uses_day: bool = False
    uses_year: bool = False
    kinds: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    is_timeless: Callable[[str], bool] | None = None


def unsure(note: str, *more: str, raw: str = "") -> CleanedCell:
    """No value, with the reason as a stable word."""
    return CleanedCell(None, 0.0, (note, *more), raw)
