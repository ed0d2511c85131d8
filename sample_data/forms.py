"""Writes the form files of the printed forms from the layouts that draw them, with key points and blank prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageOps

from ocr.forms.marks import answer_ink
from ocr.geometry.features import build_features, save
from sample_data import iif1, wbp27
from sample_data.layout import HEIGHT, WIDTH, Answer, Blank, Sheet
from sample_data.sheets import sheet_forms, sheet_id, sheet_labels, sheet_style

ROOT = Path(__file__).parent.parent
DrawBlank = Callable[[str], tuple[Sheet, Image.Image]]
"""A style -> its form as laid out, and its print as a mask."""
PRINTS = Path(__file__).parent / "prints"
"""The blank prints in black and white, one a form: what a form file can be drafted from."""
_BLACK = 150
_LEAST_AGREED = 40
"""Key points that must agree. Of 224 drawn filled pages, half of them heavily worn, the worst had 73; a form of the
same typeface that is not in the library had up to 35."""
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "year": "year",
        "fir_no": "digits",
        "gd_no": "digits",
        "statutes": "sections",
        "complainant_age": "line",
        "occurrence_from": "date",
        "occurrence_to": "date",
        "accused_birth": "date",
        "memo_no": "digits",
        "report_no": "digits",
        "despatch_on": "date",
    }
)
_LISTS: Mapping[str, str] = MappingProxyType(
    {
        "district": "district",
        "police_station": "station",
        "outside_ps": "station",
        "outside_district": "district",
        "transferred_ps": "station",
        "transferred_district": "district",
    }
)
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "en": "English",
        "hi": "Hindi",
        "bn": "Bengali",
        "ta": "Tamil",
        "mr": "Marathi",
        "te": "Telugu",
        "kn": "Kannada",
        "ml": "Malayalam",
        "gu": "Gujarati",
        "pa": "Punjabi",
        "or": "Odia",
        "as": "Assamese",
        "ur": "Urdu",
    }
)
_TITLE = "Printed IIF-I (First Information Report) on one page, {name}"
_SOURCE = (
    "Drawn by sample_data/make.py --write-forms: the 15 items of IF1 laid out on one page. A print in use will differ: "
    "copy this file, measure its zones, and learn its key points with training/forms.py."
)


_SHEETS_SOURCE = "Drawn by sample_data/make.py --write-forms. A print in use will differ: draft it."


@dataclass(frozen=True)
class _FormHead:
    """What stands at the head of a form file. style: what the form is drawn by; say: the words of printed answers."""

    id: str
    style: str
    family: str
    title: str
    language: str
    source: str
    say: Mapping[str, str]
    more: tuple[str, ...] = ()


def write_forms(draw_blank: DrawBlank) -> Iterator[str]:
    """Write all form files; yields a line on each."""
    folder = ROOT / "ocr" / "forms"
    for head in (*_one_page_heads(), *_sheet_heads()):
        yield _write(draw_blank, folder, head)
    wbp = "W.B.P. Form No. 27, as the samples draw it"
    sample = _FormHead("wbp_27_sample", "wbp", wbp27.FAMILY, wbp, "en", _SOURCE, iif1.labels("en"))
    yield _write(draw_blank, ROOT / "sample_data" / "forms", sample)


def _one_page_heads() -> Iterator[_FormHead]:
    for language in iif1.LANGUAGES:
        title = _TITLE.format(name=_NAMES[language])
        yield _FormHead(f"iif1_{language}", language, iif1.FAMILY, title, language, _SOURCE, iif1.labels(language))


def _sheet_heads() -> Iterator[_FormHead]:
    for form in sheet_forms().values():
        for language, page in product(form.languages, form.pages):
            title = f"{form.title}, page {page.part} ({page.name}), {_NAMES[language]}"
            flags = {"optional": page.optional, "repeats": page.repeats}
            more = (
                f"part = {page.part}",
                *(f"{name} = true" for name, is_so in flags.items() if is_so),
                f"ties = {json.dumps(form.ties)}",
            )
            style = sheet_style(form.family, page.part, language)
            say = {**iif1.labels(language), **sheet_labels(language)}
            source = f"{form.source}. {_SHEETS_SOURCE}"
            name = sheet_id(form.family, page.part, language)
            yield _FormHead(name, style, form.family, title, language, source, say, more)


def _write(draw_blank: DrawBlank, folder: Path, head: _FormHead) -> str:
    sheet, printed = draw_blank(head.style)
    path = folder / f"{head.id}.toml"
    blanks = [b for b in sheet.blanks if not b.zone.startswith("_")]
    path.parent.mkdir(parents=True, exist_ok=True)
    features = build_features([_scan(printed)], [b.box for b in sheet.blanks])
    save(features, path.with_suffix(".npz"))
    PRINTS.mkdir(exist_ok=True)
    ImageOps.invert(printed).point(lambda v: 255 * (v >= _BLACK)).convert("1").save(_print_of(path.stem), optimize=True)
    answers = [(a, answer_ink(_scan(printed), a.box)) for a in sheet.answers]
    zones = "".join(_zone(b, [x for x in answers if x[0].zone == b.zone], head.say) for b in blanks)
    path.write_text(_head(head, {b.zone for b in blanks}) + zones, encoding="utf-8", newline="\n")
    return f"{path.name}: {len(blanks)} zones, {features.size} key points"


def _print_of(form: str) -> Path:
    return PRINTS / f"{form}.png"


def _scan(printed: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(ImageOps.invert(printed), np.uint8)


def _head(head: _FormHead, zones: Set[str]) -> str:
    languages = [head.language] if head.language == "en" else [head.language, "en"]
    volume = [zone for zone in ("district", "police_station", "year") if zone in zones]
    days = [zone for zone in ("fir_date", "info_date", "gd_date") if zone in zones]
    lines = [
        "# Written by sample_data/make.py --write-forms; change the layout there and write it anew.",
        "format = 1",
        f'id = "{head.id}"',
        f'family = "{head.family}"',
        f'title = "{head.title}"',
        f"languages = {json.dumps(languages)}",
        f"width = {WIDTH}",
        f"height = {HEIGHT}",
        f'features = "{head.id}.npz"',
        f"min_inliers = {_LEAST_AGREED}",
        *head.more,
        f'source = "{head.source}"',
        f"per_volume = {json.dumps(volume)}",
        "",
        "[[agree]]",
        'year = "year"',
        'number = "fir_no"',
        f"dates = {json.dumps(days)}",
    ]
    return "\n".join(lines) + "\n"


def _zone(blank: Blank, answers: Sequence[tuple[Answer, str]], say: Mapping[str, str]) -> str:
    lines = ["", "[[zone]]", f'id = "{blank.zone}"', f"label = {json.dumps(blank.label, ensure_ascii=False)}"]
    lines += [f"box = {list(blank.box)}", f'kind = "{_kind(blank)}"', "handwriting = true"]
    if blank.zone in _LISTS:
        lines.append(f'list = "{_LISTS[blank.zone]}"')
    choices = _choices(blank.zone, say)
    if choices:
        lines.append(f"choices = {json.dumps(choices, ensure_ascii=False)}")
    if answers:
        lines.append("alternatives = [")
        lines += [f'  {{ value = "{a.value}", box = {list(a.box)}, ink = "{ink}" }},' for a, ink in answers]
        lines.append("]")
    return "\n".join(lines) + "\n"


def _kind(blank: Blank) -> str:
    if blank.zone in ("info_type", "occurrence_day", "accused_code"):
        return "choice"
    if blank.zone in _KINDS:
        return _KINDS[blank.zone]
    if blank.is_block:
        return "block"
    last = blank.zone.rpartition("_")[2]
    if last in ("date", "time"):
        return last
    return "time" if "_time_" in blank.zone else "line"


def _choices(zone: str, say: Mapping[str, str]) -> list[str]:
    """Printed alternatives, the days of the week, and the codes of the accused, which no hand adds to."""
    if zone == "info_type":
        return [say["written"], say["oral"]]
    if zone == "accused_code":
        return [f"{letter}{number}" for letter in "ABC" for number in range(1, 10)]
    return say["weekdays"].split() if zone == "occurrence_day" else []
