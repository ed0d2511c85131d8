"""Invented offices for benchmarks/calibrate.py: pages of values with a confidence, and whether each was read right."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

DRIFTING = 0.1
"""The share of books (or of offices, one book each) in which the machine is wrong far more often from some page on."""


@dataclass(frozen=True)
class Seen:
    """One value as it was read. confidence: 0..1."""

    field: str
    confidence: float
    right: bool


Page = Sequence[Seen]


@dataclass(frozen=True)
class OfficeKind:
    """A kind of office, drawn. sharp: how near to 1 confidences lie; over: by how much the machine is too sure of
    itself; floor: share that is wrong however sure it looks.
    """

    sharp: float
    over: float
    floor: float


# Of a field: well known hands; an office never seen (of what is read at .9 and more some 95 % is right); print.
KINDS = (
    OfficeKind(4.0, 0.5, 0.001), OfficeKind(3.0, 2.0, 0.02), OfficeKind(8.0, 0.3, 0.0), OfficeKind(3.0, 1.0, 0.006),
)  # fmt: skip
FIELDS = ("station", "year", "number", "sections", "name")
_HARDER = {"sections": 6.0, "name": 12.0}


def drawn_page(r: random.Random, kind: OfficeKind) -> Page:
    """A page of an office of that kind."""
    found = []
    for field in FIELDS:
        doubt = min(0.99, 0.5 * r.random() ** kind.sharp * _HARDER.get(field, 1.0))
        wrong = r.random() < min(0.98, kind.floor + kind.over * doubt)
        found.append(Seen(field, 1 - doubt, not wrong))
    return found


class PageSource:
    """Where the pages of worlds come from. real: book's hand -> pages as they were read.

    one_in_ten: what turns bad, a tenth of all books, or one book in a tenth of the offices.
    """

    def __init__(
        self, real: Mapping[str, Sequence[Page]] | None = None, one_in_ten: Literal["books", "offices"] = "books"
    ) -> None:
        self._real = real or {}
        self._one_in_ten = one_in_ten

    def books(self, r: random.Random, kind: OfficeKind, books: int, pages: int) -> list[list[Page]]:
        """The books of one office, each of one hand; in some the machine is wrong far more often from some page on."""
        if self._one_in_ten == "books":
            return [self._book(r, kind, pages, DRIFTING) for _ in range(books)]
        bad = r.randrange(books) if r.random() < DRIFTING else None
        return [self._book(r, kind, pages, float(n == bad)) for n in range(books)]

    def _book(self, r: random.Random, kind: OfficeKind, pages: int, drifting: float) -> list[Page]:
        if self._real:
            own = self._real[r.choice(sorted(self._real))]
            found = [r.choice(own) for _ in range(pages)]
        else:
            found = [drawn_page(r, kind) for _ in range(pages)]
        if r.random() < drifting:
            begins, share = r.randrange(pages), r.choice((0.05, 0.1, 0.3))
            found[begins:] = [_drifted(r, page, share) for page in found[begins:]]
        return found


def _drifted(r: random.Random, page: Page, share: float) -> Page:
    return [Seen(v.field, v.confidence, v.right and r.random() >= share) for v in page]
