"""Value above: the same field on the page before, or the same column in the register row above."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from digitize.masking.cases import CaseMasks
from digitize.records.trail import list_hidden_zones
from digitize.review.answer_history import SETTLED, PastAnswer
from digitize.review.station.tasks import Task
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.items import ZONE
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records

_MOST_PAGES = 256


class ValuesAbove:
    """Checks recent answers first, then records; caches the last pages."""

    def __init__(
        self, now: Callable[[], tuple[Ledger, CaseMasks]], past: Mapping[tuple[str, str], Sequence[PastAnswer]]
    ) -> None:
        """now: returns the current ledger and masks. past: answers by record and cell."""
        self._now, self._past = now, past
        self._pages: dict[str, tuple[dict[str, str], frozenset[str]]] = {}

    def clear(self) -> None:
        """Clear the cache: records may have changed."""
        self._pages = {}

    def find_value(self, task: Task) -> str:
        """Value above a task's place, "" if none."""
        page = task.page
        zone = task.asked.blank.field.removeprefix(f"{ZONE}:{page}/")
        if not page or zone == task.asked.blank.field:
            return ""
        row, dot, column = zone.partition(".")
        if dot:
            before = _name_row_above(row)
            return self._find_on_page(page, f"{page}-{before}", f"{before}.{column}") if before else ""
        if task.number < 2:
            return ""
        page = f"{page.rpartition('-')[0]}-{task.number - 1:04d}"
        return self._find_on_page(page, f"{page}-r1", zone)

    def _find_on_page(self, page: str, record: str, zone: str) -> str:
        if page not in self._pages:
            if len(self._pages) >= _MOST_PAGES:
                del self._pages[next(iter(self._pages))]
            self._pages[page] = self._read_page(page)
        values, hidden = self._pages[page]
        if zone in hidden:
            return ""
        said = [p for p in self._past.get((record, f"{ZONE}:{page}/{zone}"), ()) if p.state == SETTLED]
        if said:
            return said[-1].value if said[-1].verdict == VALUE else ""
        return values.get(zone, "")

    def _read_page(self, page: str) -> tuple[dict[str, str], frozenset[str]]:
        """Zone -> its value, of those of a page that are sure; and the zones that name whom the law protects."""
        ledger, masks = self._now()
        stored = Records(ledger).of_unit(page)
        hidden = list_hidden_zones(stored, masks)
        cells = (v for s in stored for _, v in s.record.cells() if v.origin.page == page)
        return {v.origin.zone: v.value for v in cells if v.value is not None and v.is_sure()}, frozenset(hidden)


def _name_row_above(row: str) -> str:
    """The id of the row above: "r02" of "r03", "" of the first."""
    number = row.removeprefix("r")
    if not number.isdigit() or int(number) < 2:
        return ""
    return f"r{int(number) - 1:0{len(number)}d}"
