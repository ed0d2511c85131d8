"""Measure the machine by people's answers: on a sheet, or earlier answers compared with readings by newer weights."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from digitize.reading.rows import LINES_JOINED, ROW_DOUBTFUL, STRUCK, STRUCK_IN_PART
from digitize.steps.map_pages import make_records
from digitize.workspace.calibration.sampling import book_of, field_of
from digitize.workspace.calibration.threshold_store import STEP, WEIGHTS, is_for_weights, plain_answer, weights_of
from digitize.workspace.calibration.values import BlindAnswer
from digitize.workspace.decisions.items import ZONE, cell_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.chosen_weights import FIELDS, find_all_chosen, find_chosen
from digitize.workspace.ledger.records import Decision, Records
from digitize.workspace.ledger.verdict import OPERATOR
from digitize.workspace.own_weights import list_weights
from digitize.workspace.place import Place
from digitize.workspace.run_context import RunContext
from mappers.record import FieldValue, Record
from ocr.page import INK_CUT

_ZONES = f"{ZONE}:"
_NEVER_PASS = (ROW_DOUBTFUL, STRUCK, STRUCK_IN_PART, LINES_JOINED, INK_CUT)
_MEASURED = """
  SELECT unit, json_extract(detail, '$.cell') AS cell, json_extract(detail, '$.measured.weights') AS weights
  FROM events WHERE step IN ('review', ?) AND json_extract(detail, '$.measured') IS NOT NULL
  AND json_extract(detail, '$.measured.floor') IS NULL ORDER BY seq"""
_CHOSEN = """
  SELECT seq, json_extract(detail, '$.network') AS network FROM events WHERE step = ? ORDER BY seq"""


def answer_of(
    ledger: Ledger, known: RunContext, before: Record, after: Record, decision: Decision
) -> dict[str, Any] | None:
    """What a blind answer shows about the machine, without values, for its event; None if nothing.

    before: the record that would have passed; after: the same with the answer.
    """
    page, _, zone = decision.field.removeprefix(_ZONES).rpartition("/")
    now = ledger.state(page, "decide") if decision.field.startswith(_ZONES) else None
    fed = _select_fields(before, decision.field)
    # A field that is not captured is empty in the record, whatever the place on paper says.
    made = {path: value for path, value in fed.items() if value.is_captured}
    # Settled before by a person: what the machine had made of it is not there any more.
    if now is None or not now.form or not made or any(v.by.startswith(OPERATOR) for v in made.values()):
        return None
    after_it = _select_fields(after, decision.field).items()
    said = {path: v.value for path, v in after_it if v.value is not None and fed.get(path, v).is_captured}
    right = said == {path: v.value for path, v in made.items() if v.value is not None}
    confidence = min(map(_confidence, made.values()))
    floor = 0.0 if known.thresholds.asks_whole else known.blind_from
    # Prints of one form are measured together, in one language: other hands and networks read another.
    family = "" if now.is_register else f"{now.detail.get('family', '')} {now.detail.get('language', '')}".strip()
    answer = BlindAnswer(now.form, field_of(zone), book_of(page), confidence, right, family, floor)
    # Registers are not read with weights of the office's own.
    networks = known.networks_in(now.form) if not now.is_register else ()
    return plain_answer(answer, weights_of(networks, find_all_chosen(ledger)))


def _select_fields(record: Record, cell: str) -> dict[str, FieldValue]:
    """The fields that hang on a place."""
    return {path: value for path, value in record.cells() if cell_of(path, value) == cell}


def _confidence(value: FieldValue) -> float:
    """Confidence with which a value might pass; 0 if it never does."""
    never = value.value is None and not value.blank
    return 0.0 if never or any(word in value.notes for word in _NEVER_PASS) else value.confidence


def measure_anew(ledger: Ledger, known: RunContext) -> int:
    """Compare earlier answers with readings by the current weights and store the results. Returns their number.

    Only pages read since the form's weights were chosen, and not in the training data of these weights or their
    ancestors: a memorised page proves nothing.
    """
    if not known.thresholds.is_begun or not ledger.states(WEIGHTS):
        return 0
    seen = _SeenAnew(ledger, known)
    compare = _Comparing(ledger, known)
    count = 0
    # Another run may have kept some of it meanwhile, and an answer must not count twice.
    with ledger.writing():
        for record, cell in dict.fromkeys(_not_measured(ledger)):
            page = cell.removeprefix(_ZONES).rpartition("/")[0]
            found = compare.answer(record, cell) if seen.is_anew(page) else None
            if found is not None:
                ledger.record_event(record, STEP, "note", detail={"cell": cell, "measured": found})
                count += 1
    return count


class _SeenAnew:
    """Pages read since the weights of their form were chosen, by weights that never saw them in training."""

    def __init__(self, ledger: Ledger, known: RunContext) -> None:
        read = ledger.rows("SELECT unit, seq FROM state WHERE step = 'recognise'")
        self._known, self._read = known, {r["unit"]: r["seq"] for r in read}
        self._forms = {unit: s.form for unit, s in ledger.states("decide").items()}
        self._since = _find_weight_changes(ledger)
        self._learned = {n: learned_pages(known.place, find_chosen(ledger, n)) for n in self._since}

    def is_anew(self, page: str) -> bool:
        changed = self._known.networks_in(self._forms.get(page)) & self._since.keys()
        since = max((self._since[n] for n in changed), default=0)
        return bool(changed) and self._read.get(page, 0) > since and not any(page in self._learned[n] for n in changed)


class _Comparing:
    """Records built from current readings, with and without the answers."""

    def __init__(self, ledger: Ledger, known: RunContext) -> None:
        self._ledger, self._known = ledger, known
        self._made = cache(lambda record: _map_both(ledger, known, record))

    def answer(self, record: str, cell: str) -> dict[str, Any] | None:
        """What the answer on a cell shows about the current machine, None if it no longer applies."""
        made = self._made(record)
        decision = Records(self._ledger).decisions(record).get(cell)
        return answer_of(self._ledger, self._known, *made, decision) if made and decision else None


def _map_both(ledger: Ledger, known: RunContext, record: str) -> tuple[Record, Record] | None:
    stored = Records(ledger).find(record)
    scans = [
        s for p in (stored.record.pages if stored and not stored.is_purged else ()) if (s := Catalogue(ledger).scan(p))
    ]
    if not scans:
        return None
    decided = Records(ledger).decisions_of(scans[0].page)
    return make_records(ledger, known, scans, {})[0], make_records(ledger, known, scans, decided)[0]


def _not_measured(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """(record, cell) of answers not yet measured against the current weights, in order.

    Not those that were asked because former weights were sure: what new weights alone are sure of is not among them,
    and is wrong more often.
    """
    rows, now = ledger.rows(_MEASURED, (STEP,)), find_all_chosen(ledger)
    done = {(r["unit"], r["cell"]) for r in rows if is_for_weights(r["weights"], now)}
    return ((r["unit"], r["cell"]) for r in rows if (r["unit"], r["cell"]) not in done)


def _find_weight_changes(ledger: Ledger) -> dict[str, int]:
    """Network -> when its weights were chosen last."""
    rows = ledger.rows(_CHOSEN, (WEIGHTS,))
    return {row["network"] or FIELDS: row["seq"] for row in rows}


def learned_pages(place: Place, name: str) -> frozenset[str]:
    """The pages that weights of the office's own were trained on, and those that they were trained from."""
    kept = {weights.name: weights for weights in list_weights(place)}
    pages: set[str] = set()
    while (weights := kept.pop(name, None)) is not None:
        pages |= {*weights.learned}
        name = weights.parent
    return frozenset(pages)
