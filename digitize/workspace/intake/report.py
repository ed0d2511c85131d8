"""What an intake tells of the files that it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from digitize.workspace.intake.again import ToldAgain


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What became of the files: files = taken + duplicates + refused.

    refused: (name, why). scanned_again: page ids that now have a newer scan. told_anew: (name, field, before, now) of
    files that were here and of which something else is said now. put_back: names of files that were here and whose
    originals were gone or changed; they are whole again. purged: (name, when and why) of files whose originals were
    purged, and which are not taken in anew. renamed: (name, the name under which it is here) of duplicates that came
    under another one. doubtful: (name, what is wrong) of tables and volumes. batch: "" when no file was new.
    sheets: cover and end sheets, which are no pages. aside: (file and page, why) of pages that a person must place.
    sorted_into: label -> pages that sheets sorted into a volume. again: tables
    that came under an earlier one's name, and pages that seem to be scanned already. waiting: how many of these have no
    number before somebody says what they are.
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
