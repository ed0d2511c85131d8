"""Probabilities of handwritten values: fitted on other stations, weighed with the page, kept in fields.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.parts.handwriting.read import DATES, FIELDS, KINDS, Read, scored
from benchmarks.parts.measuring.straight import Value
from ocr.calibration import fields as calibration
from ocr.calibration.fields import Facts
from ocr.forms.agree import settle_dates
from ocr.forms.form import Agreement
from ocr.handwriting.dated import day_of
from ocr.page import Box, Candidate, Decided

ROOT = Path(__file__).resolve().parents[3]
_SURE_DATE = 0.8
_RULE = Agreement(year="year", number="fir_no", dates=DATES)


def crossed(read: Sequence[Read], data: Path) -> tuple[list[Read], list[Value]]:
    """All values with probabilities from models that were fitted on the other stations, as their pages settle them."""
    settled: list[Read] = []
    values: list[Value] = []
    for group in sorted({r.group for r in read}):
        models = models_of([r for r in read if r.group != group])
        if not models:
            return list(read), []
        mine = settle([r for r in read if r.group == group], models, data)
        settled, values = [*settled, *mine[0]], [*values, *mine[1]]
    return settled, values


def settle(read: Sequence[Read], models: Mapping[str, Sequence[float]], data: Path) -> tuple[list[Read], list[Value]]:
    """Values as their pages settle them, with the probabilities of models."""
    settled: list[Read] = []
    values: list[Value] = []
    for page in sorted({r.page for r in read}):
        mine = [r for r in read if r.page == page]
        sure = {r.field: _decided(r, models) for r in mine if r.text}
        sure |= {d.zone: d for d in settle_dates(sure, _RULE)}
        ordered = [scored(_as_decided(r, sure.get(r.field)), data) for r in mine]
        settled += ordered
        values += [
            Value(r.page, r.field, r.group, sure[r.field].confidence if r.field in sure else 0.0, r.right)
            for r in ordered
            if r.field in FIELDS
        ]
    return settled, values


def _decided(read: Read, models: Mapping[str, Sequence[float]]) -> Decided:
    best, *others = [
        Candidate(f.text, round(f.covered * calibration.predict(models[f.kind], f.facts), 4)) for f in read.options
    ]
    return Decided(read.field, best.text, best.text, best.confidence, Box(0, 0, 1, 1), candidates=tuple(others))


def _as_decided(read: Read, decided: Decided | None) -> Read:
    """A value whose options begin with the one that was settled on."""
    if decided is None:
        return read
    return replace(read, options=tuple(sorted(read.options, key=lambda f: f.text != decided.value)))


def models_of(read: Sequence[Read]) -> dict[str, tuple[float, ...]]:
    """For each kind of field the weights of its probability; {} when nothing was read."""
    by_kind: dict[str, list[tuple[Facts, bool]]] = {}
    for r in read:
        if r.wanted is not None:
            by_kind.setdefault(r.options[0].kind if r.options else KINDS[r.field], []).append((r.facts, r.right))
    models = {k: calibration.fit([f for f, _ in known], [ok for _, ok in known]) for k, known in by_kind.items()}
    return models | {"date": _model_of_dates(read, models["digits"])} if models else {}


def _model_of_dates(read: Sequence[Read], start: tuple[float, ...]) -> tuple[float, ...]:
    """A date counts as right where the page's other one is the same day and surely read, by the model before."""
    of = {(r.page, r.field): r.options[0] for r in read if r.field in DATES and r.options}
    of = {key: found for key, found in of.items() if found.kind == "date"}
    model = start
    for _ in range(2):
        known = [
            (found.facts, day_of(found.text) == day_of(other.text))
            for (page, field), found in of.items()
            if (other := of.get((page, DATES[1 - DATES.index(field)])))
            and other.covered * calibration.predict(model, other.facts) >= _SURE_DATE
        ]
        model = calibration.fit([f for f, _ in known], [ok for _, ok in known]) if known else model
    return model


def write_models(read: Sequence[Read]) -> None:
    """Write the probabilities of all kinds, fitted on all values, to fields.toml; hours have those of dates."""
    models = models_of(read)
    for kind, weights in (models | {"time": models["date"]}).items():
        write_weights(kind, weights)


def write_model(kind: str, known: Sequence[tuple[Facts, bool]]) -> None:
    """Put the probabilities of one kind of field into ocr/calibration/fields.toml."""
    write_weights(kind, calibration.fit([facts for facts, _ in known], [right for _, right in known]))


def write_weights(kind: str, weights: Sequence[float]) -> None:
    """Put weights of one kind into ocr/calibration/fields.toml."""
    path = ROOT / "ocr" / "calibration" / calibration.FILE
    lines = [x for x in path.read_text(encoding="utf-8").splitlines() if x.partition(" = ")[0] != kind]
    path.write_text("\n".join([*lines, f"{kind} = {list(weights)}"]) + "\n", encoding="utf-8")
