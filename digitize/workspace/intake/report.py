"""Report of an intake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from digitize.workspace.intake.again import ToldAgain


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """Result for the files: files = taken + duplicates + refused.

    refused: (name, reason). scanned_again: page ids with a newer scan. told_anew: (name, field, before, now) of known
    files with changed metadata. put_back: known files whose missing or changed originals were restored. purged: (name,
    when and why) of purged files, which are not taken in again. renamed: (name, known name) of duplicates under another
    name. doubtful: (name, problem) of tables and volumes. batch: "" if no file was new. sheets: cover and end sheets,
    which are no pages. aside: (file and page, reason) of pages a person must place. sorted_into: label -> pages sorted
    into a volume by sheets. again: tables with the name of an earlier one, and possible rescans. waiting: number of
    these pages that get no number before a person decides. spreads: number of pictures that show several
    pages, each of which counts. uncut: names of files with spreads="yes" in which no gutter was found.
    """

    batch: str
    files: int
    taken: int
    pages: int
    tables: int
    duplicates: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    scanned_again: tuple[str, ...] = ()
    told_anew: tuple[tuple[str, str, str, str], ...] = ()
    put_back: tuple[str, ...] = ()
    purged: tuple[tuple[str, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    doubtful: tuple[tuple[str, str], ...] = ()
    sheets: int = 0
    aside: tuple[tuple[str, str], ...] = ()
    sorted_into: Mapping[str, int] = field(default_factory=dict)
    again: ToldAgain = ToldAgain()
    waiting: int = 0
    spreads: int = 0
    uncut: tuple[str, ...] = ()
