"""Lists that are not complete: what passes wrongly when the entry that stands on the paper is taken out of its list.

python benchmarks/lists.py --data FOLDER [--only places,sections,typed] [--every N] [--json FILE] [--cache FOLDER]
    [--folds WEIGHTS] [--fit]
python benchmarks/lists.py --quick

FOLDER/fir-bench holds images/, gold.jsonl, stations.json and the scorer score_fir.py: handwritten first pages. Each
page is decided with the whole list, with its own entry taken out, and with the districts of another state, with the
page's entry added and without. "before" is the same with lists that are taken for complete. How sure it is that an
entry stands there at all comes from the pages of other stations. The shipped weights of the recogniser were trained on
all of them; --folds WEIGHTS has others for each station, trained without its pages (training/README.md). --fit writes
it to ocr/calibration/fields.toml from all. Of districts there is no gold: all pages are of North 24 Parganas, which 37
pages that were looked at bear out. Printed lists and those of mapping are asked without pictures: every district and
every value is read as it is spelled. --quick is that part alone.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.parts.forms.fir import make_lexica
from benchmarks.parts.handwriting.calibration import write_weights
from benchmarks.parts.handwriting.fields import weights_of_group
from benchmarks.parts.lists.books import measure_books
from benchmarks.parts.lists.sections import measure_sections
from benchmarks.parts.lists.shares import passing
from benchmarks.parts.lists.typed import measure_typed
from digitize.reading.lexica import as_lexica
from mappers.codes import district_list, states
from ocr.calibration import fields as calibration
from ocr.calibration.listed import KIND, probability_of_entry
from ocr.decoding.ctc import LogProbs
from ocr.engines import fields
from ocr.forms.crops import cut_all
from ocr.forms.implied import settle_implied
from ocr.forms.zones import find_form, load_models
from ocr.handwriting.entries import Entered, folded_name, read_entry, trained_names
from ocr.handwriting.packed import CHARACTERS, pack, unpack
from ocr.languages.lexicon import INCOMPLETE, Lexicon
from ocr.page import Box, Candidate, Decided, Scan
from ocr.scans.scan import open_page

ZONES = ("district", "police_station", "statutes", "action_sections")
PARTS = ("places", "sections", "typed")
_DISTRICT = "North 24 Parganas"
_PASSES = 0.9
_LEAST_DISTRICTS = 9
_STATE = "wb"
# Half of the pages that are fitted on hold an entry of the list they are read with.
_SISTERS_MOST = 0.5
_ZONE_OF = {"station": "police_station", "district": "district"}
_BOX = Box(0, 0, 1, 1)
_FORM = "wbp_27_a1"
_TOGETHER = (("whole", "whole"), ("taken_out", "whole"), ("whole", "taken_out"))
Seen = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True)
class Case:
    """One zone of a page decided with one list. how: "whole", "taken_out", "elsewhere" (another state's districts with
    the page's entry) or "elsewhere_out" (without).
    """

    page: str
    group: str
    list: str
    how: str
    true: str
    entries: tuple[Entered, ...]
    before: tuple[float, bool]

    @property
    def found(self) -> Entered:
        """The likeliest entry."""
        return self.entries[0]

    def decided(self, weights: tuple[float, ...]) -> Decided:
        """The zone's value and others, by weights of how sure it is that an entry of the list stands there."""
        best = self.found
        held = probability_of_entry(
            best.listed_facts, INCOMPLETE, is_whole=best.is_whole, none=best.none, weights=weights
        )
        sure = [calibration.probability("entry", e.facts) * held for e in self.entries]
        value, *others = (Candidate(e.value, p) for e, p in zip(self.entries, sure, strict=True))
        return Decided(_ZONE_OF[self.list], best.text, value.text, value.confidence, _BOX, candidates=tuple(others))


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with fir-bench/")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "digitize-lists-bench")
    parser.add_argument("--fit", action="store_true", help="write ocr/calibration/fields.toml")
    parser.add_argument("--folds", type=Path, help="folder with weights for each station")
    parser.add_argument("--quick", action="store_true", help="lists without pictures alone")
    parser.add_argument("--only", default=",".join(PARTS), help="some of places,sections,typed")
    parser.add_argument("--every", type=int, default=1, help="every Nth page alone")
    a = parser.parse_args()
    if not a.quick and a.data is None:
        parser.error("--data FOLDER or --quick")
    only = ("typed",) if a.quick else a.only.split(",")
    result = {**(measure(a, only) if not a.quick else {}), **({"typed": measure_typed()} if "typed" in only else {})}
    print(json.dumps(result, indent=1))
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(a: argparse.Namespace, only: Sequence[str]) -> dict[str, Any]:
    """The figures of real pages."""
    data = a.data / "fir-bench"
    gold = {g["image"]: g for g in map(json.loads, (data / "gold.jsonl").read_text(encoding="utf-8").splitlines())}
    a.cache.mkdir(parents=True, exist_ok=True)
    engines = {g["station_file"]: weights_of_group(a.folds, g["station_file"]) for g in gold.values()}
    seen = {
        name: _seen(data / "images" / name, fields.FieldsEngine(engines[gold[name]["station_file"]]), a.cache)
        for name in sorted(gold)[:: a.every]
    }
    never = sorted(station for station, weights in engines.items() if weights)
    found: dict[str, Any] = {"pages": len(seen), "read_by_weights_that_never_saw_the_station": never}
    if "places" in only:
        lexica = make_lexica(data / "stations.json")
        named = {name: gold[name]["station_file"] for name in seen}
        cases = [case for name, zones in seen.items() for case in _cases(name, named[name], zones, lexica)]
        if a.fit:
            write_weights(KIND, _weights(cases))
        judged = [one for group in sorted({c.group for c in cases}) for one in _judged(cases, group)]
        found |= _figures(judged, lexica)
    if "sections" in only:
        found["section"] = measure_sections(seen, gold, data)
    return found


def _seen(image: Path, engine: fields.FieldsEngine, cache: Path) -> Seen:
    """What the network saw in the zones of a page; kept."""
    key = sha256(image.read_bytes() + engine.name_and_version().encode()).hexdigest()[:24]
    kept = cache / f"{key}.pickle"
    if not kept.exists():
        grey = open_page(Scan(image, ""), 300).grey
        match = find_form(grey, load_models())
        seen = {}
        for crop in cut_all(grey, match.matrix, match.form, ZONES, bend=match.bend) if match.form else ():
            if not crop.blank:
                seen[crop.zone.id] = [[pack(m) for m in passes] for passes in engine.matrices(crop.handwriting())]
        kept.write_bytes(pickle.dumps(seen))
    found: Seen = pickle.loads(kept.read_bytes())
    return found


def _cases(page: str, group: str, seen: Seen, lexica: Mapping[str, Lexicon]) -> Iterator[Case]:
    station = lexica["station"].exact(group)
    for name, true in (("station", station), ("district", _DISTRICT)):
        zone = _ZONE_OF[name]
        matrices = [unpack(m) for m in seen[zone][0]] if seen.get(zone) else []
        if not any(map(len, matrices)):
            continue
        # As it is for weights that were not trained on the station.
        whole = replace(lexica[name], trained=trained_names() - {folded_name(true)})
        own = tuple(e for e in whole.entries if e[0] == true)
        elsewhere = _elsewhere(page)
        for how, entries in {
            "whole": whole.entries,
            "taken_out": tuple(e for e in whole.entries if e[0] != true),
            "elsewhere": (*own, *elsewhere),
            "elsewhere_out": elsewhere,
        }.items():
            case = Case(page, group, name, how, true, (), (0.0, False))
            yield from _read(case, matrices, replace(whole, entries=entries))


def _elsewhere(page: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The districts of another state, by the page's name."""
    others = [s for s in sorted(states()) if s != _STATE and len(district_list(s).values) >= _LEAST_DISTRICTS]
    return as_lexica({"d": district_list(random.Random(page).choice(others))})["d"].entries


def _read(case: Case, matrices: Sequence[LogProbs], lexicon: Lexicon) -> Iterator[Case]:
    found, before = (
        read_entry(matrices, CHARACTERS, replace(lexicon, complete=complete)) for complete in (INCOMPLETE, 1.0)
    )
    if found and before:
        was = (calibration.probability("entry", before[0].facts), before[0].value == case.true)
        yield replace(case, entries=tuple(found), before=was)


def _weights(cases: Sequence[Case]) -> tuple[float, ...]:
    """The weights of how sure it is that an entry of the list stands there, at even odds."""
    plain = [c for c in cases if c.found.is_whole and c.found.none < _SISTERS_MOST]
    is_there = [c.how in ("whole", "elsewhere") for c in plain]
    first, *others = calibration.fit([c.found.listed_facts for c in plain], is_there)
    share = float(np.mean(is_there))
    return (round(first - float(np.log(share / (1 - share))), 4), *others)


Judged = Sequence[tuple[Case, Decided]]


def _judged(cases: Sequence[Case], group: str) -> Iterator[tuple[Case, Decided]]:
    """Each case of a station as it is decided, weighed by what the others' pages say."""
    weights = _weights([c for c in cases if c.group != group])
    return ((c, c.decided(weights)) for c in cases if c.group == group)


def _figures(judged: Judged, lexica: Mapping[str, Lexicon]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _ZONE_OF:
        for how in ("whole", "taken_out", "elsewhere", "elsewhere_out"):
            mine = [(c, d) for c, d in judged if (c.list, c.how) == (name, how)]
            now = [(d.confidence >= _PASSES, d.value == c.true) for c, d in mine]
            before = [(c.before[0] >= _PASSES, c.before[1]) for c, _ in mine]
            found.setdefault(name, {})[how] = {"n": len(mine), **passing(now), "before": passing(before)}
    wrong = {name: found[name]["taken_out"]["pass_wrong"] for name in found}
    whole = [(c, d) for c, d in judged if (c.list, c.how) == ("station", "whole")]
    together = {f"station_{a}_district_{b}": _together(judged, a, b, lexica) for a, b in _TOGETHER}
    books = measure_books([(c.page, c.group, c.true, d) for c, d in whole], lexica)
    return {
        **found,
        "together": together,
        "books": books,
        **{f"list_taken_out_wrong{{{n}}}": share for n, share in wrong.items()},
    }


def _together(judged: Judged, station: str, district: str, lexica: Mapping[str, Lexicon]) -> dict[str, Any]:
    """Both zones of a page weighed together, as the station's list says which districts it lies in."""
    how = {"station": station, "district": district}
    pages: dict[str, dict[str, tuple[Case, Decided]]] = {}
    for case, decided in judged:
        if case.how == how[case.list]:
            pages.setdefault(case.page, {})[case.list] = case, decided
    values: dict[str, list[tuple[bool, bool]]] = {name: [] for name in how}
    for both in pages.values():
        zones = {d.zone: d for _, d in both.values()}
        zones |= {d.zone: d for d in settle_implied(zones, load_models().forms[_FORM], lexica)}
        for name, (case, decided) in both.items():
            now = zones[decided.zone]
            values[name].append((now.confidence >= _PASSES, now.value == case.true))
    return {name: passing(some) for name, some in values.items()}


if __name__ == "__main__":
    sys.exit(main())
