"""Printed lists and those of mapping, a part of benchmarks/lists.py: no pictures, each value read as it is spelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from digitize.reading.lexica import as_lexica
from mappers.clean.base import CleanContext
from mappers.clean.codes import clean_code
from mappers.codes import code_lists, district_list, load_stations, states
from mappers.codes.acts import act_list
from mappers.codes.lists import CodeList, make_list
from mappers.codes.stations import station_list
from ocr.forms.decide import decide_zone
from ocr.forms.form import Zone
from ocr.languages.lexicon import Lexicon
from ocr.page import Box, Candidate, ZoneReading

_PASSES = 0.9
_NAMED = ("act", "rank", "occupation", "caste_category", "religion", "sex")
_SURE = 0.97
# Two passes of one engine that read the same.
_BY = ("tesseract:eng", "tesseract:own")


def measure_typed() -> dict[str, Any]:
    """Of every value of a list: how many pass as it, and with it taken out as another."""
    places = {f"district_{s}": district_list(s) for s in sorted(states())}
    places |= {f"station_{s}": station_list(load_stations(s)) for s in sorted(states())}
    read: dict[str, dict[str, float]] = {}
    for kind in ("district", "station"):
        some = [codes for name, codes in places.items() if name.startswith(kind)]
        read[kind] = _shares([_read(lexicon) for lexicon in map(_as_lexicon, some)])
    mapped = {name: _mapped(codes) for name, codes in {**code_lists(), "act": act_list()}.items()}
    wrong = {f"list_taken_out_wrong{{{name}}}": mapped[name] for name in _NAMED}
    return {"printed": read, "mapped_lists": len(mapped), "mapped_worst": max(mapped.values()), **wrong}


def _as_lexicon(codes: CodeList) -> Lexicon:
    return as_lexica({codes.name: codes})[codes.name]


def _read(lexicon: Lexicon) -> tuple[int, int, int, int]:
    """How many values there are; how many pass rightly; how many wrongly when taken out, now and with it complete."""
    right = out = before = 0
    for value, _ in lexicon.entries:
        less = replace(lexicon, entries=tuple(e for e in lexicon.entries if e[0] != value))
        right += _passes(value, lexicon) == value
        out += bool(_passes(value, less))
        before += bool(_passes(value, replace(less, complete=1.0)))
    return len(lexicon.entries), right, out, before


def _passes(text: str, lexicon: Lexicon) -> str:
    """What passes when a text is read surely."""
    zone = Zone.model_validate({"id": "place", "box": [0, 0, 9, 9], "list": lexicon.name})
    said = tuple(Candidate(text, _SURE, by) for by in _BY)
    found = decide_zone(ZoneReading("place", Box(0, 0, 9, 9), said), zone, lexicon)
    return found.value if found.confidence >= _PASSES else ""


def _shares(counts: list[tuple[int, int, int, int]]) -> Mapping[str, float]:
    every, right, out, before = (sum(some) for some in zip(*counts, strict=True))
    names = {"pass_right": right, "taken_out_pass_wrong": out, "before": before}
    return {"n": every, **{name: round(count / max(1, every), 4) for name, count in names.items()}}


def _mapped(codes: CodeList) -> float:
    """Share of spellings that mapping takes for another value, surely, when their own is not in the list."""
    wrong = spelled = 0
    for value in codes.values:
        ways = {v: codes.spellings.get(v, ()) for v in codes.values if v != value}
        less = make_list(codes.name, ways, ways, is_open=codes.is_open)
        for spelling in (value, *codes.spellings.get(value, ())):
            cell = clean_code(spelling, CleanContext(codes=codes.name, lists={codes.name: less}))
            spelled += 1
            wrong += cell.value in less.values and cell.confidence >= _PASSES
    return round(wrong / max(1, spelled), 4)
