"""The columns of a ruled book, agreed on by scans of its pages: each rule is there on most of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.forms.grammar import trim_lines
from ocr.languages.lexicon import fold_text
from ocr.languages.script import fold_digits
from ocr.languages.writing import language_of
from ocr.registers.aligned import align_columns
from ocr.registers.cell_reader import enlarge
from ocr.registers.columns import shares_of
from ocr.registers.form import Registers
from ocr.registers.grid import Grid, HalfGrid, count_uprights
from ocr.registers.header import Reader, find_heading
from ocr.registers.header_cells import cells_in, whole_cells_in
from ocr.registers.header_spaces import header_spaces
from ocr.registers.ink import Marks, find_marks
from ocr.registers.labels import LIKE, Heading, all_labels, likeness
from ocr.registers.look import Ask, look_at
from ocr.registers.sheet import LevelSheet, open_sheet

Floats = NDArray[np.float64]

_MOST_OTHER_LINES = 0.34
"""Share of a page's columns whose rules may lie elsewhere, or may not be seen, on a page of the same table."""
_SAME_RULE = 0.013
_LEAST_FILLED = 0.6
_MOST_FIGURES = 0.5
_SAMPLED_HEADS = 4
_LEAST_LETTERS = 3
_LEAST_NUMBERED, _NUMBERED_SPACES = 4, 4
_LARGER = 2.0
_LABELLED = 0.15
_AGAIN = ((cells_in, _LARGER), (whole_cells_in, 1.0), (whole_cells_in, _LARGER))
"""How heads are cut and how much larger they are read, after the first look."""


# Compared as one thing: pictures have no equality, and two scans may bear one name.
@dataclass(frozen=True, slots=True, eq=False)
class RuledPage:
    """One scan with its rules. name: for messages. grey: the scan, (height, width) uint8. heading: None until heads are
    looked for, and where none is found. heads: several readings of it, texts of all columns each, that of the heading
    first. labelled: how many of its heads are printed labels that are known.
    """

    name: str
    grey: Image
    sheet: LevelSheet
    grid: Grid
    marks: Marks
    heading: Heading | None = None
    heads: tuple[tuple[str, ...], ...] = ()
    labelled: int = 0

    @property
    def counts(self) -> tuple[int, ...]:
        """Columns of each half."""
        return tuple(len(half.uprights) - 1 for half in self.grid.halves)


@dataclass(frozen=True, slots=True)
class AgreedRule:
    """One rule between columns. at: 0 for the outermost of its half on the left to 1. seen: on so many pages."""

    at: float
    seen: int


@dataclass(frozen=True, slots=True)
class AgreedColumns:
    """What pages agree on. halves: rules of each page of a spread, or of the single page, from the left.

    widths: of each half in pixels of a sheet. pages: with these columns laid over their own rules. others: names of
    scans that show another table.
    """

    halves: tuple[tuple[AgreedRule, ...], ...]
    widths: tuple[float, ...]
    pages: tuple[RuledPage, ...]
    others: tuple[str, ...] = ()

    @property
    def counts(self) -> tuple[int, ...]:
        """Columns of each half."""
        return tuple(len(rules) - 1 for rules in self.halves)


def find_rules(grey: Image, name: str) -> RuledPage | int:
    """The rules of a scan; where these make no columns, the number of upright rules that were seen.

    grey: (height, width) uint8, upright, 0 black.
    """
    sheet = open_sheet(grey)
    seen = look_at(sheet, Ask(), first=True, spread=None)
    return RuledPage(name, grey, sheet, seen.grid, seen.marks) if seen is not None else count_uprights(sheet)


def agree_columns(pages: Sequence[RuledPage]) -> AgreedColumns:
    """The columns that most pages have: of those whose rules lie alike, each rule that more than one of them shows.

    pages: at least one. Of two pages that disagree one is among the others.
    """
    best: list[RuledPage] = []
    # One page for each number of columns, that on which most is seen: pages of the same number look alike.
    for page in sorted(pages, key=lambda p: -_support(p)):
        if page.counts not in {b.counts for b in best}:
            best.append(page)
    agreeing = [[p for p in pages if _lay(p, [shares_of(h) for h in b.grid.halves]) is not None] for b in best]
    own = max(range(len(best)), key=lambda i: (len(agreeing[i]), sum(p.counts == best[i].counts for p in agreeing[i])))
    chosen = agreeing[own] or [best[own]]
    halves = tuple(_vote(best[own], number, chosen) for number in range(len(best[own].grid.halves)))
    shares = [np.array([rule.at for rule in rules]) for rules in halves]
    laid = [_lay(page, shares) or page.grid for page in chosen]
    found = tuple(
        replace(page, grid=grid, marks=find_marks(page.sheet, grid)) for page, grid in zip(chosen, laid, strict=True)
    )
    widths = [float(np.median([_width(grid.halves[n]) for grid in laid])) for n in range(len(halves))]
    others = tuple(p.name for p in pages if p not in chosen)
    return AgreedColumns(halves, tuple(widths), found, others)


def fits_columns(page: RuledPage, halves: Sequence[Sequence[float]]) -> bool:
    """Whether a page's own rules are those of some columns, a few of them unseen.

    halves: widths of the columns on each, from the left. A page with as many columns fits whatever their widths are; a
    right-hand page may repeat the number of the row.
    """
    if len(page.counts) == len(halves) and all(
        count in (len(own), len(own) + 1 if number else len(own))
        for number, (count, own) in enumerate(zip(page.counts, halves, strict=True))
    ):
        return True
    return _lay(page, [np.cumsum([0.0, *own]) / sum(own) for own in halves]) is not None


def _support(page: RuledPage) -> float:
    return sum(u.support for half in page.grid.halves for u in half.uprights)


def _width(half: HalfGrid) -> float:
    return half.uprights[-1].middle - half.uprights[0].middle


def _lay(page: RuledPage, shares: Sequence[Floats]) -> Grid | None:
    """A page's grid with columns as on another page; None where its own rules lie elsewhere."""
    if len(page.grid.halves) != len(shares):
        return None
    halves = []
    for half, own in zip(page.grid.halves, shares, strict=True):
        # Not only counted alike: its own columns, found once more, are those of a page by itself.
        laid = half if _is_laid(half, own) else align_columns(half, own)
        if laid is None or _count_other_rules(half, laid) > max(1.0, _MOST_OTHER_LINES * (len(own) - 1)):
            return None
        halves.append(laid)
    return replace(page.grid, halves=tuple(halves))


def _is_laid(half: HalfGrid, shares: Floats) -> bool:
    own = shares_of(half)
    return len(own) == len(shares) and bool(np.abs(own - shares).max() < _SAME_RULE)


def _count_other_rules(half: HalfGrid, laid: HalfGrid) -> int:
    """How many rules of a page are none of the laid columns', and how many of those were not seen."""
    return len(_other_rules(half, laid)) + sum(u.support == 0 for u in laid.uprights[1:-1])


def _other_rules(half: HalfGrid, laid: HalfGrid) -> list[float]:
    """Where a page's further rules lie, 0 for the outermost of the laid columns on the left to 1."""
    at = np.array([u.middle for u in laid.uprights])
    other = [
        u.middle for u in half.uprights if u.support > 0 and np.abs(at - u.middle).min() > _SAME_RULE * _width(laid)
    ]
    return [(x - float(at[0])) / _width(laid) for x in other]


def _vote(best: RuledPage, number: int, pages: Sequence[RuledPage]) -> tuple[AgreedRule, ...]:
    """The rules of one half, those out that one page alone shows of three and more, those in that most others show."""
    shares = shares_of(best.grid.halves[number])
    places: list[list[float]] = [[] for _ in shares]
    seen = [0] * len(shares)
    further: list[float] = []
    for page in pages:
        half = page.grid.halves[number]
        laid = half if _is_laid(half, shares) else align_columns(half, shares)
        if laid is None:
            continue
        for i, (at, line) in enumerate(zip(shares_of(laid), laid.uprights, strict=True)):
            seen[i] += line.support > 0
            if line.support > 0 or i in (0, len(shares) - 1):
                places[i].append(float(at))
        further += [x for x in _other_rules(half, laid) if 0 < x < 1]
    last = len(shares) - 1
    rules = [
        AgreedRule(float(np.median(places[i] or [shares[i]])), seen[i])
        for i in range(len(shares))
        if i in (0, last) or len(pages) < 3 or seen[i] > 1
    ]
    rules += [rule for rule in _group(further) if 2 * rule.seen > len(pages) and rule.seen > 1]
    return tuple(sorted(rules, key=lambda r: r.at))


def _group(places: Sequence[float]) -> list[AgreedRule]:
    """Places that lie together, as one rule each."""
    groups: list[list[float]] = []
    for at in sorted(places):
        if groups and at - groups[-1][0] <= 2 * _SAME_RULE:
            groups[-1].append(at)
        else:
            groups.append([at])
    return [AgreedRule(float(np.median(g)), len(g)) for g in groups]


@dataclass(frozen=True, slots=True)
class HeadReader:
    """Reads what is printed above columns. read: pictures of print in one language. languages: best first."""

    registers: Registers
    read: Reader
    languages: tuple[str, ...] = ()
    labels: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Look up the labels once."""
        known = all_labels(self.registers.forms.values(), self.registers, self.languages)
        object.__setattr__(self, "labels", known)

    def read_heads(self, page: RuledPage) -> RuledPage:
        """A page with its heading, where one is found; the first row of entries may be taken for one."""
        found = find_heading(page.sheet, page.grid, page.marks, self.registers, self.languages, self.read, first=True)
        labelled = self._count_labels(found)
        # A scrap of a title is like some label.
        if labelled < _LABELLED * sum(page.counts):
            numbers = self._running_numbers(page)
            # Numbers of columns belong to the heads above them; a title across the table is none.
            if numbers is not None and (found is None or numbers.feet[0].middle > found.feet[0].middle + 1):
                found = numbers
            found = found or self._first_space(page)
            labelled = self._count_labels(found)
        if found is None:
            return page
        return replace(page, heading=found, heads=(found.texts, *self._read_again(page, found)), labelled=labelled)

    def _count_labels(self, heading: Heading | None) -> int:
        return sum(likeness(t, self.labels) >= LIKE for t in heading.texts) if heading is not None else 0

    def _read_again(self, page: RuledPage, found: Heading) -> Iterator[tuple[str, ...]]:
        """Heads read anew: larger, and whole cells, in which single marks count as well."""
        if found.space is None:
            return
        language = language_of(" ".join(found.texts), self.languages or ("en",))
        for cut, by in _AGAIN:
            pictures = cut(page.sheet, page.grid, page.marks, *found.space)
            filled = [i for i, picture in enumerate(pictures) if picture is not None]
            read = self.read([enlarge(p, by) for p in pictures if p is not None], language)
            said = dict(zip(filled, read, strict=True))
            yield tuple(said.get(i, "") for i in range(len(pictures)))

    def _running_numbers(self, page: RuledPage) -> Heading | None:
        """Numbers as heads, as the hours of a day: those of most columns go up by one from each to the next."""
        for tops, feet in header_spaces(page.grid, page.marks)[:_NUMBERED_SPACES]:
            pictures = [p for p in whole_cells_in(page.sheet, page.grid, page.marks, tops, feet) if p is not None]
            texts = [" ".join(trim_lines(t).split()) for t in self.read([enlarge(p, _LARGER) for p in pictures], "en")]
            base, count = count_running(texts)
            if count < max(_LEAST_NUMBERED, _LEAST_FILLED * len(texts)):
                continue
            at = [i for i, text in enumerate(texts) if text == str(base + i)]
            for i in range(at[0], at[-1]):
                # Between two that were read right.
                texts[i] = texts[i] if _is_word(texts[i]) else str(base + i)
            return Heading(tuple(texts), tuple(feet))
        return None

    def _first_space(self, page: RuledPage) -> Heading | None:
        """The first space between level rules as heads: words, not figures, in most columns."""
        for tops, feet in header_spaces(page.grid, page.marks)[:1]:
            cells = cells_in(page.sheet, page.grid, page.marks, tops, feet)
            filled = [i for i, picture in enumerate(cells) if picture is not None]
            read = self.read([p for p in cells if p is not None], (self.languages or ("en",))[0])
            words = [_is_word(text) for text in read]
            figures = [any(c.isdecimal() for c in text) for text in read]
            is_head = sum(words) >= _LEAST_FILLED * len(cells) and float(np.mean(figures)) < _MOST_FIGURES
            if is_head:
                said = dict(zip(filled, read, strict=True))
                return Heading(tuple(said.get(i, "") for i in range(len(cells))), tuple(feet), space=(tops, feet))
        return None


def count_running(texts: Sequence[str]) -> tuple[int, int]:
    """The number of the first of some texts when they are numbers that go up by one, and how many of them are."""
    first = Counter(int(said) - i for i, said in enumerate(map(fold_digits, texts)) if said.isdecimal())
    return first.most_common(1)[0] if first else (0, 0)


def _is_word(text: str) -> bool:
    return sum(c.isalpha() for c in text) >= _LEAST_LETTERS


def guess_language(page: RuledPage, registers: Registers, read: Reader, languages: Sequence[str]) -> str:
    """The language in which a few heads are known labels; "" where they are in none.

    languages: two-letter codes that may be. read: gives "" in a language that it cannot read.
    """
    best, found = 0.0, ""
    for tops, feet in header_spaces(page.grid, page.marks)[:2]:
        cells = [c for c in cells_in(page.sheet, page.grid, page.marks, tops, feet) if c is not None]
        if len(cells) < _LEAST_FILLED * sum(page.counts):
            continue
        widest = sorted(cells, key=lambda c: -c.shape[1])[:_SAMPLED_HEADS]
        for code in languages:
            labels = [x for f in registers.forms.values() for c in f.columns for x in registers.labels_of(c, (code,))]
            folded = sorted({x for x in map(fold_text, labels) if x})
            like = [likeness(text, folded) for text in read(widest, code)]
            worth = sum(x for x in like if x >= LIKE)
            if worth > best:
                best, found = worth, code
    return found
