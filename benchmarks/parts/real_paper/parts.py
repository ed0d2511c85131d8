"""Records of several pages: 500 records, shuffled, with pages taken out and others scanned twice.

Reading their pages would take hours. So the tying itself is given what reading makes of numbers, days and stations:
right, misread in a sign (surely or not), or not read, at rates that are set here and measured on no pages. Records are
of one station and one year, numbered in a row with one to three a day: a number that is misread is often a neighbour's.
Wrong joins are pages put into another record without being asked; right ones are pages of a record put into it; asked
are pages of which a person has to say where they belong, or that are lacking.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from digitize.reading.grouping import Group, PageKind, group_pages
from digitize.reading.tying import SheetRule, SheetTie, TieKind

_RECORDS = 500
_PARTS = {1: SheetRule(), 2: SheetRule(), 3: SheetRule(), 4: SheetRule(is_optional=True, repeats=True)}
_LACKING, _TWICE, _FOURTH = 0.1, 0.05, 0.3
_MISREAD, _UNREAD, _SURELY = 0.08, 0.06, 0.15
"""Of numbers and days: misread, not read; of those misread the share that is told as sure."""
_STATION = "rampur"


@dataclass(frozen=True, slots=True)
class DrawnRecord:
    """What stands on all pages of one record."""

    number: int
    day: date


def measure(data: Path | None, log: Callable[[str], None], most: int | None = None) -> dict[str, Any]:
    """Figures of records in three orders. data: not needed; most: of records."""
    count = _RECORDS if most is None else min(most, _RECORDS)
    found: dict[str, Any] = {"records": count}
    for name, arrange in (("shuffled", _shuffle), ("in_order", _keep), ("blocks", _shuffle_blocks)):
        pick = random.Random(f"{name} {count}")
        pages = arrange(list(_draw_pages(pick, count)), pick)
        figures = _score(pages)
        log(f"{name}: {figures}")
        found |= figures if name == "shuffled" else {f"{name}_{what}": n for what, n in figures.items()}
    return found


def _draw_pages(pick: random.Random, count: int) -> Iterator[PageKind]:
    """The pages of records in order; the name of each says of which record it is."""
    day = date(2019, 1, 1)
    for number in range(1, count + 1):
        day += timedelta(days=pick.random() < 0.55)
        record = DrawnRecord(number, day)
        parts = [1, 2, 3, *([4] * pick.randint(1, 2) if pick.random() < _FOURTH else [])]
        for at, part in enumerate(parts):
            if pick.random() < _LACKING:
                continue
            for copy in range(1 + (pick.random() < _TWICE)):
                yield PageKind(f"{number}/{at}/{copy}", "form", 1, 0, "drawn", part, _read_ties(pick, record))


def _read_ties(pick: random.Random, record: DrawnRecord) -> dict[str, SheetTie]:
    """What reading makes of the numbers on a page."""
    day = record.day
    truth: dict[str, tuple[str, TieKind]] = {
        "fir_no": (str(record.number), "number"),
        "fir_date": (f"{day.day}/{day.month}/{day.year % 100}", "day"),
        "year": (str(day.year % 100), "context"),
        "police_station": (_STATION, "context"),
    }
    ties = {}
    for zone, (text, kind) in truth.items():
        chance = pick.random()
        if chance < _UNREAD:
            continue
        is_wrong = chance < _UNREAD + _MISREAD
        sure = pick.uniform(0.85, 0.99) if not is_wrong or pick.random() < _SURELY else pick.uniform(0.2, 0.7)
        ties[zone] = SheetTie(_misread(pick, text) if is_wrong else text, kind, sure)
    return ties


def _misread(pick: random.Random, text: str) -> str:
    """Another sign in place of one."""
    at = pick.choice([n for n, sign in enumerate(text) if sign != "/"])
    others = "0123456789" if text[at].isdigit() else "aeiklmnrstu"
    return text[:at] + pick.choice([sign for sign in others if sign != text[at]]) + text[at + 1 :]


def _keep(pages: list[PageKind], pick: random.Random) -> list[PageKind]:
    return pages


def _shuffle(pages: list[PageKind], pick: random.Random) -> list[PageKind]:
    pick.shuffle(pages)
    return pages


def _shuffle_blocks(pages: list[PageKind], pick: random.Random) -> list[PageKind]:
    """Heaps of some pages put down in another order, as when a bundle falls."""
    heaps, at = [], 0
    while at < len(pages):
        size = pick.randint(1, 9)
        heaps.append(pages[at : at + size])
        at += size
    pick.shuffle(heaps)
    return [page for heap in heaps for page in heap]


def _score(pages: list[PageKind]) -> dict[str, int]:
    placed = [replace(page, number=n) for n, page in enumerate(pages)]
    counts: Counter[str] = Counter(pages=len(placed), wrong_joins=0, right_joins=0, asked=0)
    for group in group_pages(placed, {"drawn": _PARTS}):
        _count_group(counts, group)
    return dict(counts)


def _count_group(counts: Counter[str], group: Group) -> None:
    record = _record_of(group.pages[0])
    for page in group.pages[1:]:
        counts["right_joins" if _record_of(page) == record else "wrong_joins"] += 1
    counts["asked"] += len({q.page for q in group.questions})


def _record_of(page: PageKind) -> str:
    return page.page.partition("/")[0]
