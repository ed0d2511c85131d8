"""Sections and acts, a part of benchmarks/lists.py: one that stands on the page is taken out of the known ones."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.parts.handwriting.read import scorer_of
from benchmarks.parts.lists.shares import passing
from digitize.reading.lexica import sections_file
from ocr.decoding.ctc import LogProbs
from ocr.handwriting.packed import unpack
from ocr.handwriting.sections import Sections, load_sections
from ocr.handwriting.zone import ZoneText, sure, weigh, weigh_twice

_PASSES = 0.9
_MAIN = "IPC"


def measure_sections(seen: Mapping[str, Any], gold: Mapping[str, Any], data: Path) -> dict[str, Any]:
    """Shares of pages whose list of sections passes, with all sections known, with one of its own not, and with the
    act of one of its own not.
    """
    known, norm = load_sections(sections_file()), scorer_of(data).norm_field
    found: dict[str, list[tuple[bool, bool]]] = {"whole": [], "section_taken_out": [], "act_taken_out": []}
    for name, zones in seen.items():
        listed = norm("statutes", gold[name]["fields"].get("statutes"))
        if not listed or not zones.get("statutes"):
            continue
        places = [[[unpack(m) for m in passes] for passes in zones.get(z, ())] for z in ("statutes", "action_sections")]
        for how, less in _variants(name, listed, known).items():
            read = _read(places, less)
            right = bool(read) and norm("statutes", read[0].text) == listed
            found[how].append((bool(read) and sure(read[0]) >= _PASSES, right))
    return {how: {"n": len(some), **_passing(some)} for how, some in found.items()}


def _variants(page: str, listed: frozenset[tuple[str, str]], known: Sections) -> dict[str, Sections]:
    chance, values = random.Random(page), {m.value for m in known.members}
    made = {"whole": known}
    main = sorted(s for s, act in listed if act == _MAIN and s in values)
    if main:
        out = chance.choice(main)
        made["section_taken_out"] = replace(known, members=tuple(m for m in known.members if m.value != out))
    acts = sorted({act for _, act in listed} - {_MAIN})
    titles = {m.title for m in known.members if m.title.upper().split()[0] in acts}
    if titles:
        made["act_taken_out"] = replace(known, members=tuple(m for m in known.members if m.title not in titles))
    return made


def _read(places: Sequence[Sequence[Sequence[LogProbs]]], known: Sections) -> list[ZoneText]:
    first, second = (tuple(tuple(line) for line in place) for place in places)
    return weigh_twice(first, second, known) if second else weigh("sections", first, known)


def _passing(values: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    return passing(values)
