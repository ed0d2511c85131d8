"""Thresholds in the ledger: computed from answer events, stored as events, looked up during mapping."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from digitize import __version__
from digitize.machine.work_keys import plain_hash
from digitize.reading.never import NEVER
from digitize.workspace.calibration.sampling import book_of, field_of
from digitize.workspace.calibration.thresholds import measure
from digitize.workspace.calibration.values import TOGETHER, BlindAnswer, Measured, Terms, measured_from_plain
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.chosen_weights import FIELDS, PACKAGE, find_all_chosen
from digitize.workspace.ledger.dirty_parts import SHEET, newest_of_step
from digitize.workspace.ledger.part_cache import read_text, write_texts

STEP = "calibrate"
BY_ITSELF, TAKEN = "by_itself", "taken"
WEIGHTS, ANY_WEIGHTS = "weights", "any"
"""The step of the event that says which weights a workspace reads with; what stands with answers on registers."""
_THRESHOLD = "threshold:"
_FOLDED = f"{SHEET}:answers"
"""Where it lies, beside what is kept for sheets, from which answers thresholds were folded last."""
# What a person said without seeing the reading stands with the event of the answer; of new weights, in events of this
# module's step.
_ANSWERS = f"""SELECT json_extract(detail, '$.measured') AS measured FROM events
  WHERE step IN ('review', '{STEP}') AND json_extract(detail, '$.measured') IS NOT NULL ORDER BY seq"""


@dataclass(frozen=True)
class Thresholds:
    """Confidence thresholds measured on this workspace's answers.

    is_begun: whether measuring was started; asks_whole: whether whole pages are asked blind until values pass, by
    request, and not only values that are sure enough to prove something. fields: by form or family of prints, and
    field.
    """

    is_begun: bool = False
    asks_whole: bool = False
    fields: Mapping[tuple[str, str], Measured] = field(default_factory=dict)

    @cached_property
    def _by_form(self) -> Mapping[str, Mapping[str, Measured]]:
        """Form or print -> field -> what holds for it."""
        found: dict[str, dict[str, Measured]] = defaultdict(dict)
        for (_, name), m in sorted(self.fields.items()):
            for form in m.forms:
                found[form][name] = m
        return dict(found)

    def _list_of(self, form: str) -> list[Measured]:
        return [*self._by_form.get(form, {}).values()]

    def find(self, form: str, zone: str) -> Measured | None:
        """State of a zone of a form or print, None if nothing was measured."""
        return self._by_form.get(form, {}).get(field_of(zone))

    def is_open(self, form: str, zone: str) -> bool:
        """Whether answers opened a threshold for a zone."""
        found = self.find(form, zone)
        return found is not None and found.threshold is not None

    def accept(self, form: str, zone: str, page: str, given: float) -> float:
        """Threshold of a zone's value. given: from a file, if nothing was measured."""
        found = self.find(form, zone)
        if found is None:
            return given
        if book_of(page) in found.books or (found.threshold is None and found.closed):
            return NEVER
        return given if found.threshold is None else found.threshold

    def key(self, form: str, page: str) -> str:
        """Everything that affects a page, for work keys; "" if nothing was measured."""
        own = sorted((m for m in self._list_of(form) if m.field != TOGETHER), key=lambda m: m.field)
        return " ".join(f"{m.field}={self.accept(form, m.field, page, -1.0):g}" for m in own)

    def is_suspect(self, form: str, book: str) -> bool:
        """Whether a volume is sampled more than others."""
        return any(book in m.suspects for m in self._list_of(form))

    def passes_any(self, form: str) -> bool:
        """Whether anything of a form passes by a threshold that was measured."""
        return any(m.threshold is not None for m in self._list_of(form))


def thresholds_in(ledger: Ledger) -> Thresholds:
    """The thresholds as they were last measured."""
    states = ledger.states(STEP)
    found = [measured_from_plain(s.detail["is"]) for unit, s in states.items() if unit.startswith(_THRESHOLD)]
    # Workspaces of before measuring began by itself say nothing of it.
    begun = [s.detail for s in states.values() if "begun" in s.detail]
    asks_whole = any(not detail.get(BY_ITSELF) for detail in begun) or bool(states and not begun)
    return Thresholds(bool(states), asks_whole, {(m.form, m.field): m for m in found})


def begin_measuring(ledger: Ledger, site: str, *, by_itself: bool = False) -> bool:
    """Start measuring. Returns False if already started.

    by_itself: by a run, so that only values which may prove something are asked blind; a person's request asks whole
    pages.
    """
    now = thresholds_in(ledger)
    if now.asks_whole or (by_itself and now.is_begun):
        return False
    ledger.record_event(site, STEP, "note", detail={"begun": True, **({BY_ITSELF: True} if by_itself else {})})
    return True


def weights_of(networks: Iterable[str], now: Mapping[str, str]) -> str:
    """Weights used by those networks, as stored with an answer. now: from own_weights.all_chosen."""
    said = ((name, now.get(name, PACKAGE)) for name in sorted(networks))
    # Without its name, as answers of before there were several have it.
    return " ".join(used if name == FIELDS else f"{name}={used}" for name, used in said) or ANY_WEIGHTS


def is_for_weights(weights: str, now: Mapping[str, str]) -> bool:
    """Whether an answer on readings by those weights applies to the current ones. weights: from weights_of."""
    if weights == ANY_WEIGHTS:
        return True
    said = (part.rpartition("=") for part in weights.split())
    return all(now.get(network or FIELDS, PACKAGE) == used for network, _, used in said)


def answers_in(ledger: Ledger) -> Iterator[BlindAnswer]:
    """Answers that count for the current weights: those taken from other offices, then the own in order of arrival."""
    now = find_all_chosen(ledger)
    for unit, state in sorted(ledger.states(STEP).items()):
        for plain in state.detail.get(TAKEN, ()):
            found = {**plain, "book": unit, "office": unit}
            if is_for_weights(found.pop("weights"), now):
                yield BlindAnswer(**found)
    for found in own_answers(ledger):
        if is_for_weights(found.pop("weights"), now):
            yield BlindAnswer(**found)


def own_answers(ledger: Ledger) -> Iterator[dict[str, Any]]:
    """This office's answers as stored, by whatever weights, in order of arrival."""
    for row in ledger.stream_rows(_ANSWERS):
        yield json.loads(row["measured"])


def plain_answer(answer: BlindAnswer, weights: str) -> dict[str, Any]:
    """An answer as stored in an event, without values."""
    more = {"family": answer.family, "floor": answer.floor}
    return {
        "form": answer.form, "field": answer.field, "book": answer.book, "confidence": round(answer.confidence, 6),
        "right": answer.right, **{name: value for name, value in more.items() if value}, "weights": weights,
    }  # fmt: skip


def measure_again(ledger: Ledger, terms: Terms, given: Mapping[str, float]) -> list[str]:
    """Recompute all thresholds, store changes as events, and describe in sentences what opened and closed.

    given: form -> a threshold measured elsewhere. Does nothing if measuring was not started.
    """
    if not _has_news(ledger, terms, given):
        return []
    # In one transaction, and asked again in it: of two runs at once one measures.
    with ledger.writing() if ledger.can_write else nullcontext():
        return _fold_answers(ledger, terms, given) if _has_news(ledger, terms, given) else []


def preview_thresholds(ledger: Ledger, terms: Terms, given: Mapping[str, float]) -> Thresholds:
    """Thresholds as `measure_again` would store them; nothing is written."""
    if not _has_news(ledger, terms, given):
        return thresholds_in(ledger)
    found = {(m.form, m.field): m for m in measure(answers_in(ledger), terms, given)}
    return replace(thresholds_in(ledger), fields=found)


def _has_news(ledger: Ledger, terms: Terms, given: Mapping[str, float]) -> bool:
    return thresholds_in(ledger).is_begun and _hash_inputs(ledger, terms, given) != read_text(ledger, _FOLDED)


def _fold_answers(ledger: Ledger, terms: Terms, given: Mapping[str, float]) -> list[str]:
    before = thresholds_in(ledger)
    # Before anything is folded: an answer that comes meanwhile is folded next time.
    told = _hash_inputs(ledger, terms, given)
    now = {(m.form, m.field): m for m in measure(answers_in(ledger), terms, given)}
    said: list[str] = []
    found = Thresholds(True, fields=now)
    # Those of weights that are no longer read with are taken back, too.
    for form, name in sorted(before.fields.keys() | now.keys()):
        old, new = before.fields.get((form, name), Measured(form, name)), now.get((form, name), Measured(form, name))
        if old != new:
            ledger.record_event(f"{_THRESHOLD}{form}/{name}", STEP, "note", detail={"is": new.as_plain()})
            # A print that is measured together with others now passes by what holds for all of them.
            is_moved = new.threshold is None and all(found.is_open(form, name) for form in old.forms)
            said += [] if is_moved else _describe_change(old, new)
    if ledger.can_write:
        write_texts(ledger, {_FOLDED: told})
    return said


def _hash_inputs(ledger: Ledger, terms: Terms, given: Mapping[str, float]) -> str:
    """Inputs of the thresholds: newest event with answers, and the terms."""
    newest = [newest_of_step(ledger, step) for step in ("review", STEP)]
    return plain_hash([__version__, newest, asdict(terms), dict(given), find_all_chosen(ledger)])


def _describe_change(old: Measured, new: Measured) -> Iterator[str]:
    """Description of a change for people; a few more answers are no change."""
    name = f"{new.form}, {'all fields together' if new.field == TOGETHER else new.field}"
    for book in sorted({*new.books} - {*old.books}):
        yield f"{name}: closed for the volume {book}: too many of its passed values were wrong. They are asked again."
    if new.closed > old.closed:
        yield f"{name}: closed: too many values that had passed were wrong. All of them are asked again."
    elif new.threshold is None and old.threshold is not None:
        yield f"{name}: nothing passes until it is measured again; values that had passed are asked."
    elif new.threshold != old.threshold and new.field != TOGETHER:
        yield f"{name}: values pass from {new.threshold:g} on ({new.passing} answers, {new.wrong} wrong)."
