"""What it brings that intake is told a book's station, and what it costs where a page is of another one.

All pages are decided again: with nothing said of the book, with their own station, and with one by chance that is not.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.parts.measuring.straight import Value
from ocr.forms.read import decide
from ocr.forms.settings import ReadSettings
from ocr.languages.lexicon import Lexicon
from ocr.page import Reading, Recognition

STATION = "police_station"
_PASSES = 0.9
Lists = Mapping[str, Lexicon]
Score = Callable[[Mapping[str, Reading]], Sequence[Value]]


def book_figures(
    pages: Mapping[str, Recognition], stations: Mapping[str, str], lexica: Mapping[str, Lists], score: Score
) -> dict[str, dict[str, float]]:
    """What is right, passes from 0.9 on, and passes wrongly, with nothing, the right and a wrong station said.

    stations: by page, its true one as the list has it. lexica: the lists by page. score: every value of decided pages,
    right or not.
    """
    names = [name for name, _ in next(iter(lexica.values()))["station"].entries]

    def another(page: str) -> str:
        return random.Random(page).choice([name for name in names if name != stations[page]])

    told: dict[str, Callable[[str], str]] = {
        "nothing": lambda page: "",
        "its_own": lambda page: stations[page],
        "another": another,
    }
    return {name: _figures(pages, lexica, say, score) for name, say in told.items()}


def _figures(
    pages: Mapping[str, Recognition], lexica: Mapping[str, Lists], say: Callable[[str], str], score: Score
) -> dict[str, Any]:
    settings = ReadSettings(languages=("en",))
    readings = {name: decide(page, lexica[name], settings, {STATION: say(name)}) for name, page in pages.items()}
    values = [v for v in score(readings) if v.field == STATION]
    passing = [v for v in values if v.confidence >= _PASSES]
    return {
        "exact": round(sum(v.right for v in values) / max(1, len(values)), 4),
        "passing": round(len(passing) / max(1, len(values)), 4),
        "passing_wrongly": sum(not v.right for v in passing),
    }
