"""Group the pages of a batch into filled forms: sheets by part, blank backs, attached letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from digitize.reading.tying import Families, PartQuestion, Sheet, SheetTie, TiedRecord, has_parts, tie_sheets

if TYPE_CHECKING:
    from ocr.forms.kinds import Kind

_NO_FAMILIES: Families = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PageKind:
    """Type of one page. kind: "other" is a letter or a sheet of unknown print.

    volume, number: the book and the page's number in it. family, part: of a form; part n continues part n-1. ties,
    said, lacking: see `Sheet`.
    """

    page: str
    kind: Kind
    volume: int = 0
    number: int = 0
    family: str = ""
    part: int = 1
    ties: Mapping[str, SheetTie] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    lacking: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together: the sheets by part, each with the pages behind it. family: of the form they start
    with, "" if none precedes them.

    doubts: stable codes: "no-form" (no form precedes them in their volume), "pages-missing" (a gap in the numbers
    within the group), and those of `digitize.reading.tying`, as "part-lacking:2". questions: what a person is asked
    about its sheets. is_copy: a person said that its sheet is another scan of an existing one.
    """

    pages: tuple[PageKind, ...]
    family: str = ""
    doubts: tuple[str, ...] = ()
    questions: tuple[PartQuestion, ...] = ()
    is_copy: bool = False

    @property
    def sheets(self) -> tuple[PageKind, ...]:
        """The pages of the form itself."""
        return tuple(p for p in self.pages if p.kind == "form")


def group_pages(pages: Iterable[PageKind], families: Families = _NO_FAMILIES) -> Iterator[Group]:
    """Group the pages of a batch, given in order; each page is in exactly one group.

    families: of forms with several parts. A form of one sheet is a group as soon as the next one comes. From the first
    page of a form of several parts on, the pages of its volume are read to the end and tied by the numbers on them
    (`digitize.reading.tying`); groups come in the order of their first pages. Letters and blank pages belong to the
    form before them in the same volume.
    """
    for _, own in groupby(pages, key=lambda p: p.volume):
        yield from _group_volume(own, families)


def _group_volume(pages: Iterator[PageKind], families: Families) -> Iterator[Group]:
    group: list[PageKind] = []
    for page in pages:
        if page.kind == "form" and has_parts(families, page.family, page.part):
            yield from _tie_volume([*group, page, *pages], families)
            return
        if group and page.kind == "form":
            yield _make_group(group)
            group = []
        group.append(page)
    if group:
        yield _make_group(group)


def _tie_volume(pages: Sequence[PageKind], families: Families) -> Iterator[Group]:
    """Groups of pages of one volume, wherever in it the sheets of a form lie."""
    at_form = [n for n, page in enumerate(pages) if page.kind == "form"]
    if at_form[0]:
        yield _make_group(pages[: at_form[0]])
    # What lies behind a sheet up to the next one goes with it.
    runs = {pages[a].page: pages[a:b] for a, b in zip(at_form, [*at_form[1:], len(pages)], strict=True)}
    sheets = [_as_sheet(pages, at, before) for before, at in zip([None, *at_form], at_form, strict=False)]
    for tied in tie_sheets(sheets, families):
        yield _make_group([page for sheet in tied.sheets for page in runs[sheet.page]], tied)


def _as_sheet(pages: Sequence[PageKind], at: int, before: int | None) -> Sheet:
    page = pages[at]
    follows = pages[before].page if before is not None and not _has_gap(pages[before : at + 1]) else None
    return Sheet(page.page, at, page.family, page.part, page.ties, follows, page.said, page.lacking)


def _has_gap(pages: Sequence[PageKind]) -> bool:
    return any(b.number != a.number + 1 for a, b in zip(pages, pages[1:], strict=False))


def _make_group(pages: Sequence[PageKind], tied: TiedRecord | None = None) -> Group:
    first = pages[0]
    doubts = ["no-form"] if first.kind != "form" else []
    # Sheets that numbers tie may lie anywhere; of what lies behind a sheet its place alone says that it belongs to it.
    if any(b.kind != "form" and b.number != a.number + 1 for a, b in zip(pages, pages[1:], strict=False)):
        doubts.append("pages-missing")
    group = Group(tuple(pages), first.family if first.kind == "form" else "", tuple(doubts))
    if tied is None:
        return group
    doubts = [*tied.doubts, *doubts]
    return replace(group, doubts=tuple(doubts), questions=tied.questions, is_copy=tied.is_copy)
