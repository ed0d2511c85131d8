"""Accuracy of a form on pages of known content: form found, zones in place, blanks recognised, values read."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from digitize.errors import InputError
from digitize.files.forms.library import find_one
from digitize.machine.progress import Progress
from mappers.text.folding import fold_digits
from ocr.forms.decide import decide_zone
from ocr.forms.form import Form
from ocr.forms.read import recognise
from ocr.forms.settings import ReadSettings
from ocr.page import Box, Scan, ZoneReading


class GoldPage(BaseModel):
    """One line of ground truth: file, 0-based page, family of the form, content and positions."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    file: str
    page: int = 0
    form: str = ""
    language: str = ""
    zones: Mapping[str, str] = {}
    boxes: Mapping[str, tuple[int, int, int, int]] = {}


@dataclass
class ZoneScore:
    """Counts of one zone: pages, centres in place, blanks recognised, values read exactly among the written."""

    pages: int = 0
    hit: int = 0
    blank_right: int = 0
    written: int = 0
    exact: int = 0

    def to_plain(self) -> dict[str, Any]:
        """As shares 0..1; None if there was nothing to count."""
        return {
            "pages": self.pages,
            "hit": _share(self.hit, self.pages),
            "blank": _share(self.blank_right, self.pages),
            "exact": _share(self.exact, self.written),
        }


@dataclass
class Score:
    """Scores of a form. own: its pages, found: recognised ones; others: other pages, taken: mistaken for it."""

    form: str
    own: int = 0
    found: int = 0
    others: int = 0
    taken: int = 0
    missed: list[str] = field(default_factory=list)
    zones: dict[str, ZoneScore] = field(default_factory=dict)

    def to_plain(self) -> dict[str, Any]:
        """JSON output of the command."""
        each = list(self.zones.values())
        pages, written = sum(z.pages for z in each), sum(z.written for z in each)
        return {
            "form": self.form,
            "pages": self.own,
            "registered": _share(self.found, self.own),
            "others": self.others,
            "taken": self.taken,
            "zone_hit": _share(sum(z.hit for z in each), pages),
            "blank": _share(sum(z.blank_right for z in each), pages),
            "exact": _share(sum(z.exact for z in each), written),
            "missed": self.missed,
            "fields": {name: z.to_plain() for name, z in self.zones.items()},
        }


def read_gold(path: Path) -> list[GoldPage]:
    """The lines of a gold file. Raises InputError naming the line that is wrong."""
    if not path.is_file():
        raise InputError(f"{path} does not exist. Gold has one JSON object per line: file, page, form, zones, boxes.")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_gold(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def score_form(
    form_id: str, folder: Path, gold: Sequence[GoldPage], settings: ReadSettings, progress: Progress
) -> Score:
    """Read all pages and compare them with the ground truth.

    A page belongs to the form if its entry names the form's family or id, and no language other than the form's first.
    Every other page must not be recognised as the form. Raises NotFound for an unknown form, InputError without any
    page of it, ScanError, EngineMissing and EngineFailed.
    """
    form = find_one(form_id, settings.form_folders).forms[form_id]
    score = Score(form_id, zones={z.id: ZoneScore() for z in form.zones})
    progress.start("test", len(gold))
    for page in gold:
        _score_page(score, form, page, folder, settings)
        progress.advance()
    if not score.own:
        raise InputError(f"no page in the gold has the form {form_id} (family {form.family}).")
    return score


def _score_page(score: Score, form: Form, page: GoldPage, folder: Path, settings: ReadSettings) -> None:
    path = folder / page.file
    recognition = recognise(Scan(path, "", page.page, page.file), settings)
    if not _is_of(page, form):
        score.others += 1
        score.taken += recognition.form == form.id
        return
    score.own += 1
    if recognition.form != form.id:
        score.missed.append(f"{page.file}:{page.page}")
        return
    score.found += 1
    for reading in recognition.zones:
        if reading.zone in page.zones:
            _score_zone(score.zones[reading.zone], form, reading, page)


def _score_zone(score: ZoneScore, form: Form, reading: ZoneReading, page: GoldPage) -> None:
    text = page.zones[reading.zone]
    score.pages += 1
    score.hit += reading.zone in page.boxes and _is_centred(reading.box, page.boxes[reading.zone])
    score.blank_right += reading.blank == (not text)
    if text:
        # Lists are the workspace's; here the reading itself is scored.
        decided = decide_zone(reading, form.zone(reading.zone).model_copy(update={"list": None}))
        score.written += 1
        # Gold is what is written; the value may be spelled otherwise, as days and numbers are.
        score.exact += _fold(text) in (_fold(decided.value), _fold(decided.raw))


def _is_of(page: GoldPage, form: Form) -> bool:
    if page.form not in (form.family, form.id):
        return False
    # Prints of one family may differ in their language alone.
    return not page.language or not form.languages or page.language == form.languages[0]


def _is_centred(box: Box, gold: tuple[int, int, int, int]) -> bool:
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return gold[0] <= x <= gold[2] and gold[1] <= y <= gold[3]


def _fold(text: str) -> str:
    """Normal form for comparison: letters, combining marks and digits, ignoring case, blanks and punctuation."""
    plain = fold_digits(unicodedata.normalize("NFC", text)).casefold()
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LMN")


def _gold(path: Path, number: int, line: str) -> GoldPage:
    try:
        return GoldPage.model_validate(json.loads(line))
    except (json.JSONDecodeError, ValidationError) as e:
        what = e.errors()[0]["msg"] if isinstance(e, ValidationError) else "not JSON"
        raise InputError(f"{path.name}, line {number}: {what}. A line must name at least its file.") from e


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def rows_of(score: Score) -> Iterator[list[object]]:
    """Table rows: zone, pages, and three shares in words."""
    for name, zone in score.zones.items():
        plain = zone.to_plain()
        yield [name, zone.pages, *("" if plain[k] is None else f"{plain[k]:.3f}" for k in ("hit", "blank", "exact"))]
