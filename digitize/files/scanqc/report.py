"""Results per page, and of the page sequence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digitize.files.scanqc.folder import name_gaps
from digitize.files.scanqc.words import MEANINGS, NAME_MISSING, NUMBER_MISSING, OUT_OF_ORDER, SCANNED_TWICE, UNREADABLE
from digitize.reading.page_order import find_order

if TYPE_CHECKING:
    from ocr.quality.defect import Defect
    from ocr.quality.page import PageQuality


@dataclass(frozen=True, slots=True)
class PageReport:
    """One page. page: its name in messages. quality: None if it cannot be opened; message then says why."""

    page: str
    file: str
    index: int
    quality: PageQuality | None
    numbers: tuple[int, ...] = ()
    message: str = ""

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Reasons to rescan it."""
        return self.quality.defects if self.quality is not None else ()

    @property
    def verdict(self) -> str:
        """One of "good", "scan-again", "unreadable"."""
        if self.quality is None:
            return UNREADABLE
        return "scan-again" if self.defects else "good"

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        plain: dict[str, Any] = {
            "page": self.page, "file": self.file, "index": self.index, "verdict": self.verdict,
            "defects": [_defect(d) for d in self.defects],
        }  # fmt: skip
        if self.quality is not None:
            q = self.quality
            plain |= {"width": q.width, "height": q.height, "letter_px": q.letter_px, "notes": list(q.notes)}
        if self.message:
            plain["message"] = self.message
        return plain


def _defect(defect: Defect) -> dict[str, Any]:
    return {
        "kind": defect.kind, "measured": defect.measured, "limit": defect.limit, "unit": defect.unit,
        "side": defect.side, "box": list(defect.box) if defect.box else None, "do": MEANINGS[defect.kind].do,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sequel:
    """A problem of the page sequence. pages: where it shows. detail: amount, in words without values."""

    kind: str
    pages: tuple[str, ...]
    detail: str
    numbers: tuple[int, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kind": self.kind, "pages": list(self.pages), "numbers": list(self.numbers), "detail": self.detail,
            "do": MEANINGS[self.kind].do,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScanReport:
    """Everything about a folder. refused: files that cannot be opened, and why. sequels: of the row of pages."""

    files: int
    pages: tuple[PageReport, ...]
    refused: tuple[tuple[str, str], ...] = ()
    sequels: tuple[Sequel, ...] = ()

    @property
    def scan_again(self) -> int:
        """Pages and files to rescan."""
        return sum(p.verdict != "good" for p in self.pages) + len(self.refused)

    @property
    def is_clean(self) -> bool:
        """Whether nothing needs attention."""
        return not self.scan_again and not self.sequels

    def by_kind(self) -> dict[str, int]:
        """Count of each finding in the report, most frequent first."""
        counts = Counter(d.kind for p in self.pages for d in p.defects)
        counts.update(s.kind for s in self.sequels)
        counts[UNREADABLE] += sum(p.quality is None for p in self.pages) + len(self.refused)
        return {kind: n for kind, n in counts.most_common() if n}

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "files": self.files, "pages": len(self.pages), "scan_again": self.scan_again, "by_kind": self.by_kind(),
            "unreadable": [{"file": name, "message": why} for name, why in self.refused],
            "judged": [p.to_plain() for p in self.pages],
            "row": [s.to_plain() for s in self.sequels],
        }  # fmt: skip


def sequels_of(
    pages: Sequence[str], pairs: Sequence[tuple[int, int, float]], numbers: Sequence[Sequence[int]],
    files: Sequence[str],
) -> tuple[Sequel, ...]:  # fmt: skip
    """Problems of the sequence. pages: names in order. pairs: (position, position, similarity) of duplicates."""
    out = [Sequel(SCANNED_TWICE, (pages[a], pages[b]), f"{alike:.0%} alike") for a, b, alike in pairs]
    order = find_order(numbers)
    for place, number in order.moved:
        out.append(Sequel(OUT_OF_ORDER, (pages[place],), f"bears number {number}", (number,)))
    for gap in order.missing:
        between = f"{gap.count} missing between {gap.after} and {gap.before}"
        # Between neighbours all numbers of the gap are missing; pages between them may bear some, unread.
        certain = gap.right == gap.left + 1
        left_out = tuple(range(gap.after + 1, gap.before)) if certain else ()
        out.append(Sequel(NUMBER_MISSING, (pages[gap.left], pages[gap.right]), between, left_out))
    for hole in name_gaps(files):
        said = f"{hole.first}" if hole.first == hole.last else f"{hole.first} to {hole.last}"
        out.append(Sequel(NAME_MISSING, (hole.before, hole.behind), said, tuple(range(hole.first, hole.last + 1))))
    return tuple(out)
