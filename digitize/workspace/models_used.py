"""Tesseract models with which pages were read: recorded in the ledger, compared with those installed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place
from ocr.tesseract.folders import searching
from ocr.tesseract.used import UsedModel, look_at, model_names

_STEP = "models"
_NOTED = "SELECT seq, detail FROM events WHERE step = 'models' ORDER BY seq"
# A page of no form was read as a register's. A recognition taken up again was made when it was first done: that event
# says with which models.
_PAGES = """
  SELECT e.seq, json_extract(d.detail, '$.language') AS language
  FROM state d JOIN state r ON r.unit = d.unit AND r.step = 'recognise'
  JOIN state s ON s.unit = d.unit
    AND s.step = CASE WHEN json_extract(r.detail, '$.form') IS NULL THEN 'register' ELSE 'recognise' END
  JOIN events e ON e.unit = s.unit AND e.step = s.step AND e.key = s.key AND e.outcome = 'done'
  WHERE d.step = 'decide' AND d.outcome <> 'failed'
"""
_Models = Mapping[str, tuple[UsedModel, ...]]
"""Language -> its models."""


@dataclass(frozen=True, slots=True)
class ModelsDiffer:
    """Pages of a language that were read with other models than are here now. then, now: those that read, by name."""

    language: str
    pages: int
    then: tuple[str, ...]
    now: tuple[str, ...]

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)

    def line(self) -> str:
        """For people."""
        names = (
            f"{', '.join(self.then) or 'none'} then, {', '.join(self.now) or 'none'} now"
            if self.then != self.now
            else f"{', '.join(self.now)}, in another version"
        )
        return (
            f"Pages in {self.language} read with other models than those here now: {self.pages} ({names}). "
            "They stay as they are; digitize models list DIR shows what is here."
        )


def record_models(ledger: Ledger, place: Place) -> None:
    """Record the current models; nothing is written if they are those of the last run."""
    before = _newest(ledger)
    with searching(place.models):
        here = _inspect_models(model_names(), before)
    if _hashes(here) == _hashes(before):
        return
    with ledger.writing():
        # Asked again: another run may have noted the same meanwhile.
        if _hashes(here) != _hashes(_newest(ledger)):
            detail = {code: [m.as_plain() for m in models] for code, models in here.items()}
            ledger.record_event(place.options.workspace.site_id, _STEP, "note", detail=detail)


def _newest(ledger: Ledger) -> _Models:
    noted = ledger.rows(_NOTED)
    return _models(noted[-1]["detail"]) if noted else {}


def models_differ(ledger: Ledger, place: Place) -> list[ModelsDiffer]:
    """Languages whose pages were read with other models; pages from before the first record are ignored."""
    noted = [(row["seq"], _models(row["detail"])) for row in ledger.rows(_NOTED)]
    if not noted:
        return []
    newest = noted[-1][1]
    with searching(place.models):
        here = _inspect_models({code: tuple(m.name for m in models) for code, models in newest.items()}, newest)
    # Nothing ever changed: the pages, which may be many, need not be looked at.
    if all(_hashes(models) == _hashes(here) for _, models in noted):
        return []
    pages: Counter[tuple[str, tuple[UsedModel, ...]]] = Counter()
    for row in ledger.stream_rows(_PAGES):
        # The newest note of before the page was read says with what.
        then = next((models for seq, models in reversed(noted) if seq < row["seq"]), None)
        language = row["language"]
        if then is not None and language in then and _is_changed(then[language], here.get(language, ())):
            pages[language, then[language]] += 1
    return [
        ModelsDiffer(language, count, _list_installed(then), _list_installed(here.get(language, ())))
        for (language, then), count in sorted(pages.items(), key=lambda p: p[0][0])
    ]


def _inspect_models(names: Mapping[str, tuple[str, ...]], before: _Models) -> _Models:
    known = [m for models in before.values() for m in models]
    found = look_at(dict.fromkeys(name for group in names.values() for name in group), known)
    return {code: tuple(found[name] for name in group) for code, group in names.items()}


def _models(detail: str) -> _Models:
    return {code: tuple(UsedModel(**m) for m in models) for code, models in json.loads(detail).items()}


def _hashes(models: _Models) -> dict[str, list[tuple[str, str]]]:
    """Comparison key: the same file may have another modification time on another machine."""
    return {code: [(m.name, m.sha256) for m in group] for code, group in models.items()}


def _is_changed(then: tuple[UsedModel, ...], now: tuple[UsedModel, ...]) -> bool:
    # A model that is not installed has no hash, and read nothing.
    return {(m.name, m.sha256) for m in then if m.sha256} != {(m.name, m.sha256) for m in now if m.sha256}


def _list_installed(models: tuple[UsedModel, ...]) -> tuple[str, ...]:
    return tuple(m.name for m in models if m.sha256)
