"""The forms there are: listed, found by id, and drawn over a scan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import InputError, NotFound
from ocr.engine import Image
from ocr.forms.form import Form
from ocr.forms.zones import FormModels, Match, angle_deg, load_models, match_points, zone_box
from ocr.geometry.features import key_points
from ocr.outputs.overlay import draw_zones
from ocr.page import Scan
from ocr.registers import known_registers
from ocr.scans.scan import open_page, probe

# Between two of the package's prints the most is 0.56, Bengali against Assamese (docs/forms.md).
_RIVAL = 0.6
"""Below this share of the best form's key points a page is the other form; two prints of one form may share many."""


@dataclass(frozen=True, slots=True)
class FormSummary:
    """One form of the library. points: number of key points used to recognise pages."""

    id: str
    family: str
    part: int
    title: str
    languages: tuple[str, ...]
    zones: int
    points: int


@dataclass(frozen=True, slots=True)
class RegisterSummary:
    """One register of the library. columns: ids from the left. spread_from: first column of the right-hand page, or "".

    languages: of the known titles.
    """

    id: str
    title: str
    languages: tuple[str, ...]
    columns: tuple[str, ...]
    spread_from: str


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """A form's zones drawn over a scan: PNG bytes, matching key points, and the page's rotation."""

    picture: bytes
    match: int
    angle_deg: float


def list_forms(folders: Sequence[Path] = ()) -> list[FormSummary]:
    """All forms of the package and of further folders by id. Raises FormError when a file is wrong."""
    models = load_models(tuple(folders))
    return [
        FormSummary(f.id, f.family, f.part, f.title, f.languages, len(f.zones), models.features[f.id].size)
        for f in sorted(models.forms.values(), key=lambda f: f.id)
    ]


def list_registers(folders: Sequence[Path] = ()) -> list[RegisterSummary]:
    """All ruled registers of the package and of further folders by id. Raises FormError when a file is wrong."""
    return [
        RegisterSummary(f.id, f.title, tuple(f.titles), f.ids, f.spread_from)
        for f in sorted(known_registers(tuple(folders)).forms.values(), key=lambda f: f.id)
    ]


def find_one(form_id: str, folders: Sequence[Path] = ()) -> FormModels:
    """One form with its key points. Raises NotFound, naming the existing ones."""
    models = load_models(tuple(folders))
    if form_id not in models.forms:
        raise NotFound(f"no form is called {form_id}. There are: {', '.join(sorted(models.forms))}.")
    return FormModels({form_id: models.forms[form_id]}, {form_id: models.features[form_id]})


def show_form(form_id: str, scan: Path, index: int = 0, folders: Sequence[Path] = ()) -> DrawnForm:
    """Draw a form's zones over a scan of it. index: 0-based page of the file.

    Raises NotFound for an unknown form, ScanError for the scan, InputError if the scan is not of that form.
    """
    models = find_one(form_id, folders)
    grey = open_grey(scan, index)
    found = key_points(grey)
    match = match_points(found, grey.shape, models)
    if match.form is None:
        raise InputError(f"{scan.name} is not {form_id}: {match.reason}.")
    # Asked of all forms, too: a page of a like form may share enough print to pass for this one.
    best = match_points(found, grey.shape, load_models(tuple(folders)))
    if best.form is not None and match.inliers < _RIVAL * best.inliers:
        counted = f"{best.inliers} points match it, {match.inliers} match {form_id}"
        raise InputError(f"{scan.name} is rather {best.form.id}: {counted}.")
    return DrawnForm(_draw_zones(grey, match, match.form), match.inliers, round(angle_deg(match.matrix), 2))


def open_grey(path: Path, index: int = 0, dpi: int = 200) -> Image:
    """One page of a file, (height, width) uint8 grey. Raises ScanError."""
    return open_page(Scan(path, "", index, path.name), dpi).grey


def open_all(paths: Sequence[Path]) -> list[Image]:
    """All pages of some files in order. Raises ScanError."""
    return [page.grey for page in open_named(paths)]


@dataclass(frozen=True, slots=True)
class NamedPage:
    """One page of a file: grey, (height, width) uint8; name: of the file, with the page where it has several."""

    name: str
    grey: Image


def open_named(paths: Sequence[Path]) -> Iterator[NamedPage]:
    """All pages of some files in order, with names for messages. Raises ScanError."""
    for path in paths:
        pages = probe(path).pages
        for i in range(pages):
            yield NamedPage(f"{path.name}, page {i + 1}" if pages > 1 else path.name, open_grey(path, i))


def _draw_zones(grey: Image, match: Match, form: Form) -> bytes:
    boxes = {zone.id: zone_box(match.map_of(zone), zone) for zone in form.zones}
    answers = [(f"{z.id}: {i}", z, a.box) for z in form.zones for i, a in enumerate(z.alternatives, 1)]
    for name, zone, box in answers:
        boxes[name] = zone_box(match.map_of(zone), zone.model_copy(update={"box": box}))
    choices = tuple(z.id for z in form.zones if z.alternatives)
    return draw_zones(grey, boxes, doubtful=tuple(name for name, *_ in answers) if choices else ())
