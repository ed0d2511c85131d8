"""Writes the form files of the printed IIF-I from the layout that draws it, with their key points and blank prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageOps

from ocr.forms.marks import answer_ink
from ocr.geometry.features import build_features, save
from sample_data import iif1, wbp27
from sample_data.layout import HEIGHT, WIDTH, Answer, Blank, Sheet

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


def write_forms(draw_blank: DrawBlank) -> Iterator[str]:
    """Write all form files; yields a line on each."""
    for language in iif1.LANGUAGES:
        yield _write(draw_blank, ROOT / "ocr" / "forms" / f"iif1_{language}.toml", language)
    yield _write(draw_blank, ROOT / "sample_data" / "forms" / "wbp_27_sample.toml", "wbp")


def _write(draw_blank: DrawBlank, path: Path, style: str) -> str:
    sheet, printed = draw_blank(style)
    blanks = [b for b in sheet.blanks if not b.zone.startswith("_")]
    path.parent.mkdir(parents=True, exist_ok=True)
    features = build_features([_scan(printed)], [b.box for b in sheet.blanks])
    save(features, path.with_suffix(".npz"))
    PRINTS.mkdir(exist_ok=True)
    ImageOps.invert(printed).point(lambda v: 255 * (v >= _BLACK)).convert("1").save(_print_of(path.stem), optimize=True)
    language = "en" if style == "wbp" else style
    say = iif1.labels(language)
    answers = [(a, answer_ink(_scan(printed), a.box)) for a in sheet.answers]
    zones = "".join(_zone(b, [x for x in answers if x[0].zone == b.zone], say) for b in blanks)
    text = _head(path.stem, style, language) + zones
    path.write_text(text, encoding="utf-8", newline="\n")
    return f"{path.name}: {len(blanks)} zones, {features.size} key points"


def _print_of(form: str) -> Path:
    return PRINTS / f"{form}.png"


def _scan(printed: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(ImageOps.invert(printed), np.uint8)


def _head(form: str, style: str, language: str) -> str:
    title = "W.B.P. Form No. 27, as the samples draw it" if style == "wbp" else _TITLE.format(name=_NAMES[language])
    family = wbp27.FAMILY if style == "wbp" else iif1.FAMILY
    languages = [language] if language == "en" else [language, "en"]
    lines = [
        "# Written by sample_data/make.py --write-forms; change the layout there and write it anew.",
        "format = 1",
        f'id = "{form}"',
        f'family = "{family}"',
        f'title = "{title}"',
        f"languages = {json.dumps(languages)}",
        f"width = {WIDTH}",
        f"height = {HEIGHT}",
        f'features = "{form}.npz"',
        f"min_inliers = {_LEAST_AGREED}",
        f'source = "{_SOURCE}"',
        'per_volume = ["district", "police_station", "year"]',
        "",
        "[[agree]]",
        'year = "year"',
        'number = "fir_no"',
        'dates = ["fir_date", "info_date", "gd_date"]',
    ]
    return "\n".join(lines) + "\n"


def _zone(blank: Blank, answers: Sequence[tuple[Answer, str]], say: Mapping[str, str]) -> str:
    lines = ["", "[[zone]]", f'id = "{blank.zone}"', f"box = {list(blank.box)}", f'kind = "{_kind(blank)}"']
    lines.append("handwriting = true")
    if blank.zone in ("district", "police_station"):
        lines.append(f'list = "{blank.zone.removeprefix("police_")}"')
    choices = _choices(blank.zone, say)
    if choices:
        lines.append(f"choices = {json.dumps(choices, ensure_ascii=False)}")
    if answers:
        lines.append("alternatives = [")
        lines += [f'  {{ value = "{a.value}", box = {list(a.box)}, ink = "{ink}" }},' for a, ink in answers]
        lines.append("]")
    return "\n".join(lines) + "\n"


def _kind(blank: Blank) -> str:
    if blank.zone in ("info_type", "occurrence_day"):
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
    """Printed alternatives, and the days of the week, which no hand adds to."""
    if zone == "info_type":
        return [say["written"], say["oral"]]
    return say["weekdays"].split() if zone == "occurrence_day" else []
