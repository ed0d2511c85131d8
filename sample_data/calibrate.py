"""Measures from which confidence a value read from generated pages may pass without a person.

    python sample_data/make.py --out /tmp/many --count 300 --wear mixed
    python sample_data/calibrate.py /tmp/many

Every page is read and mapped by the product itself and its record compared with the gold, field by field. One threshold
is chosen for all forms, since one engine reads them: the lowest above which, on the even pages, at most one written
value in two hundred is wrong. On the odd pages, which took no part in that, 99 of 100 must be right, in all and for
each form, or it stays uncalibrated. The result goes to calibration.toml. It is true of these drawn pages and hands
only.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from digitize.reading.lexica import as_lexica, sections_file
from mappers.codes import CodeList, place_lists
from mappers.mapping.load import find_mapping, load_mappings, map_readings
from mappers.record import Record
from mappers.sources.values import MapContext, PageValues, ZoneValue
from mappers.states import load_state
from ocr.forms.read import DECIDE_VERSION, decide, recognise
from ocr.forms.settings import READ_VERSION, ReadSettings
from ocr.page import Reading, Scan

HERE = Path(__file__).parent
RESULT = HERE / "calibration.toml"
_HEAD = """\
# Written by sample_data/calibrate.py. Copy it into a workspace that holds these drawn pages; it is true of no others.
format = 1
"""
STATE = "wb"
WANTED, AIMED = 0.99, 0.995
_LEAST_VALUES = 100
_LEAST_OWN = 10
_THRESHOLDS = tuple(i / 200 for i in range(100, 200))

Gold = Mapping[str, Any]


@dataclass(frozen=True)
class Judged:
    """One written value of a record beside the truth; page: its number in the set."""

    form: str
    page: int
    field: str
    confidence: float
    right: bool


class Reader:
    """Reads and maps pages of a set as a workspace with the samples' lists would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lists: Mapping[str, CodeList] = place_lists(STATE, HERE / "stations.csv")
        self._mappings = load_mappings()
        self._lexica = as_lexica(self._lists)

    def judge(self, number: int, gold: Gold) -> Iterator[Judged]:
        """Every written value of a page; none when the page was taken for another form."""
        folders = (HERE / "forms",)
        settings = ReadSettings(
            languages=(gold["language"],), handwriting_engine="auto", form_folders=folders, sections=sections_file()
        )
        found = recognise(Scan(self._folder / gold["file"], "", gold["page"]), settings)
        reading = decide(found, self._lexica, settings)
        if reading.form is None or reading.family != gold["form"]:
            return
        yield from _judged(reading.form, number, self._mapped(reading, gold), gold["record"])

    def _mapped(self, reading: Reading, gold: Gold) -> Record:
        zones = {z: ZoneValue(d.raw, d.value, d.confidence, blank=d.blank) for z, d in reading.zones.items()}
        context = MapContext(
            "r",
            state=load_state(STATE),
            language=gold["language"],
            book_year=int(gold["record"]["year"]),
            lists=self._lists,
        )
        mapping = find_mapping(self._mappings, family=gold["form"], state=STATE)
        return map_readings(mapping, [PageValues("p", gold["form"], zones)], context)[0]


def _judged(form: str, number: int, record: Record, gold: Gold) -> Iterator[Judged]:
    for path, value in record.cells():
        if value.value is not None and value.origin.zone:
            yield Judged(form, number, path, value.confidence, _true(gold, path) == value.value)


def _true(gold: Gold, path: str) -> object:
    """The true value at a path such as "fir_no" or "acts[0].section"; None where there is none."""
    if "[" not in path:
        return gold.get(path)
    table, _, rest = path.partition("[")
    index, _, name = rest.partition("].")
    rows = gold[table]
    return rows[int(index)].get(name) if int(index) < len(rows) else None


def choose(values: Sequence[Judged]) -> dict[str, dict[str, object]]:
    """The confidence entry of each form: the threshold chosen on the even pages, and how it does on the odd ones."""
    even = [v for v in values if _is_even(v)]
    odd = [v for v in values if not _is_even(v)]
    threshold = next((c for c in _THRESHOLDS if _holds(even, c)), None)
    return {form: _entry(form, odd, threshold) for form in sorted({v.form for v in values})}


def _entry(form: str, odd: Sequence[Judged], threshold: float | None) -> dict[str, object]:
    own = [v for v in odd if v.form == form]
    pages = len({v.page for v in own})
    told = f"of {len(own)} written values on {pages} pages that took no part, {sum(v.right for v in own)} were right"
    if threshold is not None:
        passed, right = _passed(own, threshold)
        of_all = " of ".join(map(str, _passed(odd, threshold)[::-1]))
        told += f"; from {threshold} on, {right} of {passed} (all forms: {of_all})"
    calibrated = threshold is not None and _is_good(odd, threshold) and _is_good(own, threshold)
    return {
        "calibrated": calibrated,
        "accept": threshold if calibrated else 1.0,
        "source": f"Pages drawn by sample_data/make.py with fonts for hands, read {READ_VERSION}, decide "
        f"{DECIDE_VERSION}: {told}. Real hands were not measured.",
    }


def _as_toml(form: str, entry: Mapping[str, object]) -> str:
    lines = [f"{name} = {json.dumps(value)}" for name, value in entry.items()]
    return "\n".join(["", f"[form.{form}]", *lines, ""])


def _passed(values: Sequence[Judged], threshold: float) -> tuple[int, int]:
    """How many values pass a threshold, and how many of these are right."""
    passed = [v.right for v in values if v.confidence >= threshold]
    return len(passed), sum(passed)


def _is_good(values: Sequence[Judged], threshold: float) -> bool:
    passed, right = _passed(values, threshold)
    return passed >= _LEAST_OWN and right >= WANTED * passed


def _is_even(value: Judged) -> bool:
    """Pages come in rounds of five forms; every other round chooses, the rest check."""
    return value.page // 5 % 2 == 0


def _holds(values: Sequence[Judged], threshold: float) -> bool:
    passed, right = _passed(values, threshold)
    return passed >= _LEAST_VALUES and right >= AIMED * passed


def main(given: Sequence[str] | None = None) -> int:
    """Read a set, choose the thresholds, write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a set that make.py --out drew")
    parser.add_argument("--judged", type=Path, help="keep what was judged here, and go on from it")
    asked = parser.parse_args(given)
    kept = asked.judged or asked.folder / "judged.jsonl"
    values = _read_all(asked.folder, kept)
    result = choose(values)
    RESULT.write_text(_HEAD + "".join(map(_as_toml, result, result.values())), encoding="utf-8", newline="\n")
    for form, found in result.items():
        print(f"{form}: {found['source']}")
    return 0


def _read_all(folder: Path, kept: Path) -> list[Judged]:
    lines = (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    done: list[list[dict[str, Any]]] = []
    if kept.is_file():
        done = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    golds = [json.loads(line) for line in lines]
    with (
        kept.open("a", encoding="utf-8", newline="\n") as f,
        ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_begin, initargs=(folder,)) as pool,
    ):
        for page in pool.map(_judge, range(len(done), len(lines)), golds[len(done) :]):
            f.write(json.dumps(page, ensure_ascii=False) + "\n")
            f.flush()
            done.append(page)
    return [Judged(**v) for page in done for v in page]


_READER: list[Reader] = []
"""The one reader of a worker process."""


def _begin(folder: Path) -> None:
    _READER.append(Reader(folder))


def _judge(number: int, gold: Gold) -> list[dict[str, Any]]:
    return [asdict(v) for v in _READER[0].judge(number, gold)]


if __name__ == "__main__":
    sys.exit(main())
