"""Questions about gaps in a volume's page numbers: are pages missing from the book?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from digitize.workspace.counting.counts_cache import iter_volume_counts, read_gaps
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.items import Item, item_id
from digitize.workspace.decisions.page_gaps import MISSING, NO_GAP, Gap
from digitize.workspace.decisions.special_questions import Question
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision

GAP_WORDS = (MISSING, NO_GAP)


def list_gap_questions(ledger: Ledger, volume: int | None = None) -> Iterator[Question]:
    """Undecided gaps. volume: only this one."""
    gaps = read_gaps(ledger) if volume is None else _list_gaps(ledger, [volume])
    return (_as_question(gap) for gap in gaps if not gap.said)


def list_gap_questions_on(ledger: Ledger, pages: Collection[str]) -> Iterator[Question]:
    """The same after some pages; names that are no pages have none."""
    sql = f"SELECT DISTINCT volume FROM scans WHERE page IN ({', '.join('?' * len(pages))}) ORDER BY volume"
    volumes = [r["volume"] for r in ledger.rows(sql, sorted(pages))] if pages else []
    yield from (_as_question(gap) for gap in _list_gaps(ledger, volumes) if gap.page in pages and not gap.said)


def _list_gaps(ledger: Ledger, volumes: Sequence[int]) -> Iterator[Gap]:
    for _, tally in iter_volume_counts(ledger, volumes):
        yield from (Gap(**gap) for gap in tally.get("gaps", ()))


def _as_question(gap: Gap) -> Question:
    seen = f"{gap.after}, {gap.before}"
    pages = "1 page is" if gap.count == 1 else f"{gap.count} pages are"
    item = Item(
        id=item_id(gap.page, gap.cell, seen, gap.source),
        record=gap.page,
        cell=gap.cell,
        fields=("(page numbers)",),
        reading=seen,
        value="",
        candidates=GAP_WORDS,
        confidence=0.0,
        why=("pages-missing",),
        said=(
            f"{gap.volume}: {pages} missing between {gap.page}, numbered {gap.after}, and {gap.next_page}, numbered "
            f"{gap.before}. Take the scans in, or say {MISSING} where the book has them not, {NO_GAP} where none is.",
        ),
        source=gap.source,
    )
    return Question(item, Decision(gap.page, gap.cell, seen, gap.source, "", VALUE, "", ""), ok="")
