"""Books that tell their station, a part of benchmarks/lists.py: the pages of a station as one volume, and all mixed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.parts.lists.shares import passing
from digitize.steps.books import learned_fact
from ocr.forms.expected import as_expected
from ocr.forms.zones import load_models
from ocr.languages.lexicon import Lexicon
from ocr.page import Decided

_ZONE, _FORM = "police_station", "wbp_27_a1"
_PASSES = 0.9
Page = tuple[str, str, str, Decided]
"""A page, its station, the same as the list has it, and what was decided."""


def measure_books(pages: Sequence[Page], lexica: Mapping[str, Lexicon]) -> dict[str, Any]:
    """Shares of pages right, passing rightly and wrongly, before and after their volume was learned."""
    volumes = [[p for p in pages if p[1] == group] for group in sorted({p[1] for p in pages})]
    facts = [learned_fact(_ZONE, [d for *_, d in some], None) for some in volumes]
    after = []
    for some, fact in zip(volumes, facts, strict=True):
        told = {_ZONE: fact.value} if fact else {}
        for page, group, true, decided in some:
            zones = {_ZONE: decided}
            zones |= {d.zone: d for d in as_expected(zones, load_models().forms[_FORM], lexica, told)}
            after.append((page, group, true, zones[_ZONE]))
    return {
        "volumes": len(volumes),
        "learned": sum(fact is not None for fact in facts),
        "learned_wrongly": sum(f is not None and f.value != some[0][2] for f, some in zip(facts, volumes, strict=True)),
        "learned_of_all_mixed": learned_fact(_ZONE, [d for *_, d in pages], None) is not None,
        "before": _shares(pages),
        "after": _shares(after),
    }


def _shares(pages: Iterable[Page]) -> dict[str, float]:
    return passing([(d.confidence >= _PASSES, d.value == true) for _, _, true, d in pages])
