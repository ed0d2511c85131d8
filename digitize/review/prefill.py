"""Minimum confidence to prefill a reading; below it the reading is only offered.

People who accept by Enter miss about 15 of 100 wrong prefilled values; people who type err once in a hundred (visual
checking and single keying, according to studies of double entry). So a reading is prefilled only if fewer than 1 in 15
of such readings are wrong: then no more errors remain than by typing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from digitize.workspace.calibration.sampling import field_of
from digitize.workspace.calibration.threshold_store import answers_in
from digitize.workspace.calibration.values import TOGETHER, BlindAnswer
from digitize.workspace.decisions.items import ZONE, Item
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records, group_alone
from digitize.workspace.ledger.verdict import DAY_CORRECTED
from mappers.record import values_of
from ocr.page import INK_CUT

MISTYPED, OVERLOOKED = 0.01, 0.15
UNMEASURED = 0.8
"""Where nothing was measured. Of 104 numbers, sections and names of 200 real pages (by weights that had not seen them)
that were read with .8 to .97, 100 were right; with .5 to .97, 145 of 166."""
NEVER = 1.1
_LEAST = 30
_ZONES = f"{ZONE}:"
_IN_ORDER = frozenset({"year", "fir_no", "fir_date"})


class PrefillFloors:
    """The least confidences, by form and field, from a workspace's own blind answers."""

    def __init__(self, ledger: Ledger) -> None:
        """Read the answers that count for today's weights."""
        self._ledger = ledger
        self._floors = compute_floors(answers_in(ledger))
        self._forms: dict[str, str] = {}
        self._off: dict[str, frozenset[tuple[str, str]]] = {}

    def allow(self, item: Item) -> bool:
        """Whether an item's reading may be prefilled. Table content was typed by people."""
        if not item.cell.startswith(_ZONES):
            return True
        # Its confidence came from another box that read the same, and was wrong; or a part of it was not seen.
        if {DAY_CORRECTED, INK_CUT}.intersection(item.why):
            return False
        # Whoever accepts by Enter would look at the paper and agree with both.
        if self.is_contradicted(item):
            return False
        page, _, zone = item.cell.removeprefix(_ZONES).rpartition("/")
        key = self._find_form(page), field_of(zone)
        # What nobody measured is not as good as the form's other fields: only answers on the field itself say how good.
        return item.confidence >= (find_floor(self._floors, *key) if item.is_measured else self._floors.get(key, NEVER))

    def is_contradicted(self, item: Item) -> bool:
        """Whether a rule, or something else that is known of its book, speaks against an item's reading."""
        return bool(item.findings) or item.is_at_odds or self._breaks_its_book(item)

    def _breaks_its_book(self, item: Item) -> bool:
        """Whether a year, number or date does not fit between those of its volume's other pages; no rule tells that.

        While station or year of a page are asked it is checked by itself, without its neighbours.
        """
        stored = Records(self._ledger).find(item.record) if _IN_ORDER.intersection(item.fields) else None
        if stored is None or stored.group != group_alone(item.record):
            return False
        volume = item.page.rpartition("-")[0]
        if volume not in self._off:
            self._off[volume] = _find_off_in(self._ledger, item.page)
        return any((item.record, path) in self._off[volume] for path in item.fields)

    def _find_form(self, page: str) -> str:
        if page not in self._forms:
            now = self._ledger.state(page, "decide")
            self._forms[page] = (now.form if now else None) or ""
        return self._forms[page]


def _find_off_in(ledger: Ledger, page: str) -> frozenset[tuple[str, str]]:
    """(record, field) of the years, numbers and dates that break the order of a page's volume."""
    # Here: it brings polars, and most volumes have no page that stands alone.
    from validators.checking.book_order import find_off_book

    units = "unit IN (SELECT page FROM scans WHERE volume = (SELECT volume FROM scans WHERE page = ? LIMIT 1))"
    beside = Records(ledger).of_units(units, (page,))
    return frozenset((record, field) for record, field, _ in find_off_book([values_of(s.record) for s in beside]))


def compute_floors(answers: Iterable[BlindAnswer]) -> Mapping[tuple[str, str], float]:
    """(form, field) -> minimum confidence, for fields with at least 30 answers and for all fields of a form together;
    above 1 if nothing may be prefilled. Prints of one form are taken together.
    """
    by_field: dict[tuple[str, str], list[BlindAnswer]] = defaultdict(list)
    prints: dict[str, set[str]] = defaultdict(set)
    for answer in answers:
        family = answer.family or answer.form
        prints[family].add(answer.form)
        for name in (answer.field, TOGETHER):
            by_field[family, name].append(answer)
    floors = {key: _compute_floor(own) for key, own in by_field.items() if len(own) >= _LEAST}
    return {(form, name): floor for (family, name), floor in floors.items() for form in prints[family]}


def find_floor(floors: Mapping[tuple[str, str], float], form: str, field: str) -> float:
    """Minimum confidence of a field; of all fields of its form if it has too few answers; the default if not
    measured.
    """
    return floors.get((form, field), floors.get((form, TOGETHER), UNMEASURED))


def _compute_floor(answers: list[BlindAnswer]) -> float:
    """Lowest confidence with few enough errors; one more error is counted than was seen.

    Where only sure values were asked and few enough of all of them are wrong, nothing is known of less sure ones.
    """
    floor, wrong = NEVER, 1
    ordered = sorted(answers, key=lambda a: -a.confidence)
    for seen, answer in enumerate(ordered, start=1):
        wrong += not answer.right
        is_last_of_its_kind = seen == len(ordered) or ordered[seen].confidence < answer.confidence
        if is_last_of_its_kind and wrong / (seen + 1) * OVERLOOKED <= MISTYPED:
            floor = answer.confidence
    is_all = floor == ordered[-1].confidence and any(a.floor for a in answers)
    return min(floor, UNMEASURED) if is_all else floor
