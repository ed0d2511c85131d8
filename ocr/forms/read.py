"""Read one page in two steps: recognise (dear: pixels to candidates) and decide (cheap: candidates to values)."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from ocr.cleaning.clean import flatten
from ocr.engine import Image
from ocr.engines import load_engine
from ocr.errors import FormError
from ocr.forms.crops import cut_all
from ocr.forms.decide import DECIDE_VERSION, decide_page
from ocr.forms.form import Zone
from ocr.forms.marks import read_marks
from ocr.forms.passes import ZoneReader, handwriting_engine
from ocr.forms.zones import Match, angle_deg, find_form, load_models
from ocr.languages.lexicon import Lexicon
from ocr.page import Candidate, Reading, Recognition, Scan, ZoneReading
from ocr.scans.scan import OpenedPage, open_page

__all__ = ["DECIDE_VERSION", "READ_VERSION", "ReadSettings", "decide", "recognise", "require_engine"]

READ_VERSION = "10"


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How pages are read.

    languages: two-letter codes the page is likely in, best first; they order a form's own. dpi: for PDF pages.
    handwriting_engine: an engine for handwritten zones in English: "none", a name, or "auto" for our own recogniser
    ("fields"), or ppocr where its weights are missing. seconds_per_page: then the page fails. form_folders: more forms
    than the package's own; folders that do not exist hold none. forms: ids or families of the only forms that pages may
    be; () for all that are known. zones: read these alone; () for all.
    """

    languages: tuple[str, ...] = ()
    dpi: int = 300
    engine: str = "tesseract"
    handwriting_engine: str = "none"
    seconds_per_page: float = 180.0
    form_folders: tuple[Path, ...] = ()
    forms: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()

    def key(self) -> str:
        """What recognising depends on beside the scan and the form: settings and this step's version; 32 hex digits.

        The time limit is left out, since a page that was read was in time; so are versions of engines, lest a
        package update has all pages read again: each Recognition notes the version that read it.
        """
        plain = {k: v for k, v in asdict(self).items() if k not in ("seconds_per_page", "form_folders")}
        plain["handwriting_engine"] = handwriting_engine(self)
        plain["version"] = READ_VERSION
        if not self.forms:
            del plain["forms"]
        return _digest(plain)

    def form_key(self, form: str | None) -> str:
        """What recognising takes from a page's form: its zones, languages and key points; 32 hex digits.

        A page that matched no form depends on all of them, so a new form has it looked at again; a page that matched
        one is not. "" for a form that is not known any more.
        """
        keys = _form_keys(_folders(self))
        return _digest(sorted(keys.items())) if form is None else keys.get(form, "")

    def rules_key(self, form: str | None) -> str:
        """What deciding takes from a page's form: zones with their grammars and lists; 32 hex digits."""
        known = load_models(_folders(self)).forms.get(form or "")
        leave = {"confidence", "title", "source", "state"}
        return _digest(known.model_dump(mode="json", exclude=leave) if known else {})


def require_engine(settings: ReadSettings) -> None:
    """Raise EngineMissing, with the way to mend it, unless the engines of these settings are on this machine."""
    for name in (settings.engine, handwriting_engine(settings)):
        if name != "none":
            load_engine(name).name_and_version()


def recognise(scan: Scan | OpenedPage, settings: ReadSettings) -> Recognition:
    """Open a page unless it is open, find its form, and read each zone that holds ink; no list and no grammar is used.

    A page that matches no form gives a Recognition without form, with the reason. Raises ScanError, EngineMissing,
    EngineFailed (also when the page takes longer than seconds_per_page) and FormError.
    """
    until = time.monotonic() + settings.seconds_per_page
    page = scan if isinstance(scan, OpenedPage) else open_page(scan, settings.dpi)
    match, notes = _match(page, settings)
    found = Recognition(
        form=match.form.id if match.form else None,
        width=page.width,
        height=page.height,
        match=match.inliers,
        reason=match.reason,
        text_layer=page.text_layer,
        notes=page.notes + notes,
    )
    if match.form is None:
        return found
    crops = cut_all(page.grey, match.matrix, match.form, settings.zones, bend=match.bend)
    zones, engines = ZoneReader(settings, match.form, until).read(crops)
    zones = tuple(_with_mark(z, match.form.zone(z.zone), page.grey, match) for z in zones)
    return replace(found, angle_deg=round(angle_deg(match.matrix), 2), zones=zones, notes=found.notes + engines)


def decide(
    recognition: Recognition,
    lexica: Mapping[str, Lexicon],
    settings: ReadSettings,
    said: Mapping[str, str] | None = None,
) -> Reading:
    """Settle on the value of each zone; said: what its book is said to be of, by zone (ocr/forms/expected.py).

    Raises FormError when the form or a list it asks for is not there.
    """
    if recognition.form is None:
        return Reading(None, None, reason=recognition.reason)
    forms = load_models(_folders(settings)).forms
    if recognition.form not in forms:
        raise FormError(
            f"form {recognition.form} was recognised and is gone; bring its file back or read the page again"
        )
    return decide_page(recognition, forms[recognition.form], lexica, said)


def _match(page: OpenedPage, settings: ReadSettings) -> tuple[Match, tuple[str, ...]]:
    """The form of a page; where the page as scanned shows none, its ground is flattened for a second look."""
    models = load_models(_folders(settings)).only(settings.forms)
    match = find_form(page.grey, models)
    if match.form is not None:
        return match, ()
    again = find_form(flatten(page.grey), models)
    return (again, ("form-found-after-flattening",)) if again.form is not None else (match, ())


def _with_mark(read: ZoneReading, zone: Zone, grey: Image, match: Match) -> ZoneReading:
    """A zone with the printed answer that is marked, if it has such; a mark that is not clear is ink without text."""
    if len(zone.alternatives) < 2:
        return read
    marked = read_marks(grey, match.of(zone), zone)
    if marked.how == "none":
        return read
    said = [Candidate(marked.value, marked.confidence, f"marks:{marked.how}")] if marked.value else []
    candidates = sorted([*said, *read.candidates], key=lambda c: -c.confidence)
    return replace(read, candidates=tuple(candidates), blank=False)


def _folders(settings: ReadSettings) -> tuple[Path, ...]:
    return tuple(folder for folder in settings.form_folders if folder.is_dir())


@lru_cache(maxsize=8)
def _form_keys(folders: tuple[Path, ...]) -> Mapping[str, str]:
    """Form id -> hash of what recognising takes from it."""
    models = load_models(folders)
    keys = {}
    for name, form in models.forms.items():
        plain = form.model_dump(mode="json", exclude={"confidence", "title", "source", "state"})
        for zone in plain["zones"]:
            del zone["list"]
            if zone["repeats"] is None:  # forms that were read before there was such a thing stay read
                del zone["repeats"]
        points = models.features[name]
        corners = hashlib.sha256(points.points.tobytes() + points.descriptors.tobytes()).hexdigest()
        keys[name] = _digest([plain, corners])
    return keys


def _digest(plain: object) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:32]
