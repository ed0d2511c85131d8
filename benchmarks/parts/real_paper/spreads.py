"""Records on scans of several pages, cut between them, beside the same scans read without being cut, in one run.

Two pages of the samples are laid beside each other in every way of sample_data/makers/spreads.py; and there are scans
of registers whose rows run over two pages, which must not be cut. They are drawn pages, so the folder of data is not
used. A form is one record and so is each row of a register: a form is found where its print is, a row where half of its
cells lie in one row that was read, on each of its pages where it runs over two. Of the others are asked about those
whose page was refused with a reason; what neither came out nor was refused is lost.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.real_paper.degraded import CellRead, pair_rows
from benchmarks.parts.registers.score import Gold
from sample_data.makers.poor_scans import Points
from sample_data.makers.spreads import SPREADS

_SAMPLES = Path(__file__).resolve().parents[3] / "sample_data"
_FORMS, _REGISTERS = _SAMPLES / "iif1_languages", _SAMPLES / "registers"
PAIRS: Sequence[tuple[str, str]] = (
    ("mr_2017_007.png", "gu_2016_171.png"),
    ("reg_history_hi_light_7_0.jpg", "reg_history_hi_light_7_0.jpg"),
    ("te_2018_048.png", "te_2018_048.png"),
    ("reg_gd_hi_light_3_0.jpg", "reg_gd_hi_light_3_1.jpg"),
    ("ur_2020_335.png", "ur_2020_335.png"),
    ("reg_vcnb_en_light_5_0.jpg", "reg_vcnb_en_light_5_0.jpg"),
    ("mr_2017_007.png", "reg_history_hi_light_7_0.jpg"),
)
OVER_BOTH: Sequence[str] = ("reg_crime_en_worn_1_0.png", "reg_arrest_bn_light_2_0.jpg", "reg_missing_ta_light_9_0.jpg")
"""Scans of registers whose rows run over two pages."""

Places = Mapping[str, Sequence[float]]
"""The middles of cells on a scan, by column, as boxes without a size."""


@dataclass(frozen=True)
class Paper:
    """A page on a scan. form: which it is of. middle: of it, x and y. rows: of a register, its cells page by page."""

    form: str
    middle: tuple[float, float]
    rows: Sequence[Sequence[Places]] = ()

    @property
    def records(self) -> int:
        """How many it holds."""
        return len(self.rows) or 1


@dataclass(frozen=True)
class PartRead:
    """What was read of a part of a scan. box: of the part. form: "" where it was refused, then reason says why.

    rows: cells by column, in pixels of the scan.
    """

    box: Sequence[int]
    form: str
    rows: Sequence[Mapping[str, CellRead]] = ()
    reason: str = ""

    def holds(self, paper: Paper) -> bool:
        """Whether the middle of a page lies in it."""
        (x, y), (x0, y0, x1, y1) = paper.middle, self.box
        return x0 <= x < x1 and y0 <= y < y1


@dataclass
class Tally:
    """Records of scans: all, those read, asked about and lost, and rows that are none."""

    records: int = 0
    records_read: int = 0
    records_asked: int = 0
    records_lost: int = 0
    rows_invented: int = 0

    def add(self, papers: Sequence[Paper], parts: Sequence[PartRead]) -> None:
        """Add a scan: the pages that lie on it, and what was read of its parts."""
        forms = [part.form for part in parts if part.form and not part.rows]
        for paper in papers:
            if paper.rows:
                rows = [row for part in parts if part.form == paper.form for row in part.rows]
                read = _count_rows(paper, rows)
            else:
                read = int(paper.form in forms)
                forms.remove(paper.form) if read else None
            is_asked = any(part.reason and part.holds(paper) for part in parts)
            left = paper.records - read
            self.records += paper.records
            self.records_read += read
            self.records_asked += left * is_asked
            self.records_lost += left * (not is_asked)
        rows_read = sum(len(part.rows) for part in parts)
        self.rows_invented += max(0, rows_read - sum(len(paper.rows) for paper in papers))


def measure(data: Path | None, log: Callable[[str], None], most: int | None = None) -> dict[str, Any]:
    """Figures of the scans cut, and of the same left whole (peer_). cut_wrongly: scans of one page. data: not used."""
    import cv2

    cut, whole, wrongly, kinds = Tally(), Tally(), 0, dict[str, Tally]()
    reader = _Reader()
    with tempfile.TemporaryDirectory(prefix="spreads-") as folder:
        for number, (kind, names, grey, papers) in enumerate(_scans()):
            if most is not None and number >= most:
                break
            file = Path(folder) / "scan.png"
            cv2.imwrite(str(file), grey)
            languages = tuple(dict.fromkeys(map(_language, names)))
            indices = reader.places(file, languages)
            peer = reader.read(file, (0,), languages)
            parts = peer if indices == (0,) else reader.read(file, indices, languages)
            one = Tally()
            for tally in (one, cut, kinds.setdefault(kind, Tally())):
                tally.add(papers, parts)
            whole.add(papers, peer)
            wrongly += len(papers) == 1 and len(parts) > 1
            said = "; ".join(f"refused: {part.reason}" for part in parts if part.reason)
            log(f"{' + '.join(names)}, {kind}: {len(parts)} pages, {_format(one)} {said}".rstrip())
    return {
        **asdict(cut),
        "cut_wrongly": wrongly,
        **{f"peer_{name}": value for name, value in asdict(whole).items()},
        "kinds": {kind: asdict(tally) for kind, tally in kinds.items()},
    }


def _scans() -> Iterator[tuple[str, Sequence[str], NDArray[np.uint8], list[Paper]]]:
    """How a scan was laid, of which pages, its picture, and what lies on it."""
    for kind, lay in SPREADS.items():
        for names in PAIRS:
            pages = [_grey(name) for name in names]
            scan = lay(pages)
            yield kind, names, scan.grey, [_paper(*x) for x in zip(names, pages, scan.pages, strict=True)]
        for name in OVER_BOTH:
            page = _grey(name)
            scan = lay([page])
            yield kind, (name,), scan.grey, [_paper(name, page, scan.pages[0])]


def _grey(name: str) -> NDArray[np.uint8]:
    import cv2

    folder = _REGISTERS if name.startswith("reg_") else _FORMS
    return np.asarray(cv2.imread(str(folder / name), cv2.IMREAD_GRAYSCALE), np.uint8)


def _gold() -> dict[str, Gold]:
    lines = (_REGISTERS / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return {page["file"]: page for page in map(json.loads, lines)}


def _language(name: str) -> str:
    return str(_gold()[name]["language"]) if name.startswith("reg_") else name[:2]


def _paper(name: str, page: NDArray[np.uint8], to_scan: Callable[[Points], Points]) -> Paper:
    height, width = page.shape
    x, y = to_scan(np.array([[width / 2, height / 2]]))[0]
    if not name.startswith("reg_"):
        return Paper(f"iif1_{name[:2]}", (x, y))
    gold = _gold()[name]
    rows = [_halves(row, to_scan) for row in gold["rows"]]
    return Paper(gold["form"], (x, y), rows)


def _halves(row: Mapping[str, Any], to_scan: Callable[[Points], Points]) -> list[Places]:
    """The cells of a row, by the page of its register on which they stand."""
    boxes = row["boxes"]
    halves: list[dict[str, Sequence[float]]] = [{} for _ in boxes]
    for column, cell in row["cells"].items():
        x0, y0, x1, y1 = cell["box"]
        nearest = min(range(len(boxes)), key=lambda i: abs(x0 + x1 - boxes[i][0] - boxes[i][2]))
        x, y = to_scan(np.array([[(x0 + x1) / 2, (y0 + y1) / 2]]))[0]
        halves[nearest][column] = (x, y, x, y)
    return list(halves)


def _count_rows(paper: Paper, rows: Sequence[Mapping[str, CellRead]]) -> int:
    """How many rows of a page were read, each half of them as the same row."""
    halves = [pair_rows(list(half), rows) for half in zip(*paper.rows, strict=True)]
    return len(set.intersection(*(set(half.items()) for half in halves)))


def _format(tally: Tally) -> str:
    return (
        f"records {tally.records}: read {tally.records_read}, asked {tally.records_asked}, lost {tally.records_lost},"
        f" invented {tally.rows_invented}"
    )


class _Reader:
    """Finds and reads pages as an intake and a run do, without values: those of other parts are of the same reading."""

    def places(self, file: Path, languages: tuple[str, ...]) -> tuple[int, ...]:
        """The indices of the pages of a scan."""
        from digitize.reading.spreads import PictureJob, SpreadLook, find_places

        return find_places(PictureJob(0, file, 0, SpreadLook(languages=languages)))

    def read(self, file: Path, indices: Sequence[int], languages: tuple[str, ...]) -> list[PartRead]:
        """Each page, with what the one before it hands on."""
        from digitize.reading.register import as_register, register_reader
        from ocr.forms.read import match_page
        from ocr.page import Scan
        from ocr.registers import decide_register, known_registers
        from ocr.scans.parts import place_of
        from ocr.scans.scan import open_page
        from ocr.scans.time_limit import TimeLimit

        whole, before, found = open_page(Scan(file, "", 0)), None, list[PartRead]()
        for index in indices:
            box = place_of(index).box(whole.width, whole.height)
            page = open_page(Scan(file, "", index))
            match, _ = match_page(page.grey, self._read, TimeLimit(600))
            if match.form is not None:
                found.append(PartRead(box, match.form.id))
                before = None
                continue
            seen = as_register(register_reader("", languages, self._settings), page, before)
            before = seen.carried
            if seen.form is None:
                found.append(PartRead(box, "", reason=f"{match.reason}; {seen.reason}"))
                continue
            form = known_registers().find(seen.form)
            rows: dict[str, dict[str, CellRead]] = {row.id: {} for row in seen.rows}
            for name, decided in decide_register(seen, form, languages, {}).zones.items():
                row, _, column = name.partition(".")
                x0, y0, x1, y1 = decided.box
                place = (x0 + box.x0, y0 + box.y0, x1 + box.x0, y1 + box.y0)
                rows[row][column] = CellRead(place, "", decided.confidence, decided.blank)
            found.append(PartRead(box, seen.form, list(rows.values())))
        return found

    @cached_property
    def _read(self) -> Any:
        from ocr.forms.settings import ReadSettings

        return ReadSettings(handwriting_engine="none")

    @cached_property
    def _settings(self) -> Any:
        from ocr.registers import RegisterSettings

        return RegisterSettings()
