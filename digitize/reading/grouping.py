"""Group the pages of a batch into filled forms: sheets in order, blank backs, attached letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocr.forms.kinds import Kind


@dataclass(frozen=True, slots=True)
class PageKind:
    """Type of one page. kind: "other" is a letter or a sheet of unknown print.

    volume, number: the book and the page's number in it. family, part: of a form; part n continues part n-1.
    """

    page: str
    kind: Kind
    volume: int = 0
    number: int = 0
    family: str = ""
    part: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together, in order. family: of the form they start with, "" if none precedes them.

    doubts: stable codes: "no-form" (no form precedes them in their volume), "earlier-part-missing", "pages-missing" (a
    gap in the numbers within the group).
    """

    pages: tuple[PageKind, ...]
    family: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def sheets(self) -> tuple[PageKind, ...]:
        """The pages of the form itself."""
        return tuple(p for p in self.pages if p.kind == "form")


def group_pages(pages: Iterable[PageKind]) -> Iterator[Group]:
    """Group the pages of a batch, given in order; each page is in exactly one group, and the order is kept.

    A form's first sheet starts a group; a later sheet joins it if it is the next one of the same family with no page
    missing in between; otherwise it starts its own group, so it is never lost. Letters and blank pages belong to the
    form before them in the same volume.
    """
    group: list[PageKind] = []
    for page in pages:
        if group and not _belongs(group, page):
            yield _make_group(group)
            group = []
        group.append(page)
    if group:
        yield _make_group(group)


def _belongs(group: Sequence[PageKind], page: PageKind) -> bool:
    if group[-1].volume != page.volume:
        return False
    if page.kind != "form":
        return True
    last = max((i for i, p in enumerate(group) if p.kind == "form"), default=-1)
    if last < 0 or (group[last].family, group[last].part + 1) != (page.family, page.part):
        return False
    # From the last sheet on: a gap before it was looked at when that sheet came.
    return not _has_gap([*group[last:], page])


def _has_gap(pages: Sequence[PageKind]) -> bool:
    return any(b.number != a.number + 1 for a, b in zip(pages, pages[1:], strict=False))


def _make_group(group: Sequence[PageKind]) -> Group:
    first = group[0]
    doubts = []
    if first.kind != "form":
        doubts.append("no-form")
    elif first.part > 1:
        doubts.append("earlier-part-missing")
    if _has_gap(group):
        doubts.append("pages-missing")
    return Group(tuple(group), first.family if first.kind == "form" else "", tuple(doubts))
