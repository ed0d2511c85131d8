"""Read one page in two steps: recognise (dear: pixels to candidates) and decide (cheap: candidates to values)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from ocr.cleaning.clean import flatten
from ocr.cleaning.contrast import with_plain_ink
from ocr.engine import Image
from ocr.engines import load_engine
from ocr.errors import FormError
from ocr.forms.by_labels import SparseReader, find_by_labels
from ocr.forms.crops import cut_all
from ocr.forms.decide import DECIDE_VERSION, decide_page
from ocr.forms.form import Zone
from ocr.forms.marks import read_marks
from ocr.forms.passes import ZoneReader
from ocr.forms.settings import OWN_DIGITS, ReadSettings, handwriting_engine
from ocr.forms.zones import FormModels, Match, angle_deg, find_form, find_two, load_models, parts_beside
from ocr.languages.lexicon import Lexicon
from ocr.page import PRINT_NOT_KNOWN, Candidate, Reading, Recognition, Scan, ZoneReading
from ocr.quality.lettering import shows_writing
from ocr.scans.scan import OpenedPage, open_page
from ocr.scans.time_limit import TimeLimit

__all__ = ["DECIDE_VERSION", "decide", "recognise", "require_engine"]

_CUT = "cut it between its pages, or scan each page by itself"


def require_engine(settings: ReadSettings) -> None:
    """Raise EngineMissing, with the way to mend it, unless the engines of these settings are on this machine."""
    # The package's own weights for native digits may be missing; those that a person named may not.
    digits = "none" if settings.native_digits == OWN_DIGITS else settings.digits_engine
    for name in (settings.engine, handwriting_engine(settings), digits):
        if name != "none":
            # An engine can be made without its program or weights; it cannot say its version without them.
            load_engine(name).name_and_version()


def recognise(scan: Scan | OpenedPage, settings: ReadSettings) -> Recognition:
    """Open a page unless it is open, find its form, and read each zone that holds ink; no list and no grammar is used.

    A page that matches no form gives a Recognition without form, with the reason. Raises ScanError, EngineMissing,
    EngineFailed (also when the page uses up seconds_per_page of the processor) and FormError.
    """
    # Begun here, so that opening the page and finding its form count as well.
    limit = TimeLimit(settings.seconds_per_page)
    page = scan if isinstance(scan, OpenedPage) else open_page(scan, settings.dpi)
    grey = with_plain_ink(page.grey)
    match, notes = match_page(grey, settings, limit)
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
    crops = cut_all(grey, match.matrix, match.form, settings.zones, bend=match.bend)
    zones, engines = ZoneReader(settings, match.form, limit).read(crops)
    zones = tuple(_with_mark(z, match.form.zone(z.zone), grey, match) for z in zones)
    return replace(found, angle_deg=round(angle_deg(match.matrix), 2), zones=zones, notes=found.notes + engines)


def decide(
    recognition: Recognition,
    lexica: Mapping[str, Lexicon],
    settings: ReadSettings,
    metadata: Mapping[str, str] | None = None,
) -> Reading:
    """Settle on the value of each zone; metadata: of the page's volume, by zone (ocr/forms/expected.py).

    Raises FormError when the form or a list it asks for is not there.
    """
    if recognition.form is None:
        return Reading(None, None, reason=recognition.reason)
    forms = load_models(settings.folders()).forms
    if recognition.form not in forms:
        raise FormError(
            f"form {recognition.form} was recognised and is gone; bring its file back or read the page again"
        )
    form = forms[recognition.form]
    reading = decide_page(recognition, form, lexica, metadata)
    if form.confirmed and PRINT_NOT_KNOWN not in recognition.notes:
        return reading
    held = {name: replace(d, notes=(*d.notes, PRINT_NOT_KNOWN)) for name, d in reading.zones.items()}
    return replace(reading, zones=held)


def match_page(grey: Image, settings: ReadSettings, limit: TimeLimit) -> tuple[Match, tuple[str, ...]]:
    """The form of a page, by key points and, where they do not know its print, by its words; and notes.

    grey: (height, width) uint8, 0 black. Raises as recognise does.
    """
    match, notes = _match_page(grey, settings, limit)
    if match.form is not None and any(map(shows_writing, parts_beside(grey, match))):
        reason = f"beside the form {match.form.id} lies another page with writing: {_CUT}"
        return Match(None, match.inliers, match.matrix, reason), ()
    return match, notes


def _match_page(grey: Image, settings: ReadSettings, limit: TimeLimit) -> tuple[Match, tuple[str, ...]]:
    models = load_models(settings.folders()).select(settings.forms)
    match = find_form(grey, models)
    two = find_two(grey, match, models)
    if two is not None:
        # Reading the one would lose the other without a word.
        reason = f"two forms lie on this scan, {two[0].id} and {two[1].id}: {_CUT}"
        return Match(None, match.inliers, match.matrix, reason), ()
    if match.form is not None and not match.is_in_doubt:
        return match, ()
    if match.form is None:
        # Where the page as scanned shows no form, its ground is flattened for a second pass.
        again = find_form(flatten(grey), models)
        if again.form is not None and not again.is_in_doubt:
            return again, ("form-found-after-flattening",)
    by_words = _match_by_words(grey, settings, models, match, limit)
    if by_words is not None:
        return by_words, (PRINT_NOT_KNOWN,)
    # Zones may lie off where key points say that lines stand elsewhere.
    return match, (PRINT_NOT_KNOWN,) if match.form is not None else ()


def _match_by_words(
    grey: Image, settings: ReadSettings, models: FormModels, match: Match, limit: TimeLimit
) -> Match | None:
    """The form by its printed labels; None where they are not found, or the engine reads no whole pages."""
    if not any(form.labels for form in models.forms.values()):
        return None
    engine = load_engine(settings.engine, limit.left_s())
    if not hasattr(engine, "read_page"):
        return None
    return find_by_labels(grey, models, cast(SparseReader, engine), settings.languages, match)


def _with_mark(read: ZoneReading, zone: Zone, grey: Image, match: Match) -> ZoneReading:
    """A zone with the printed answer that is marked, if it has such; a mark that is not clear is ink without text."""
    if len(zone.alternatives) < 2:
        return read
    marked = read_marks(grey, match.map_of(zone), zone)
    if marked.how == "none":
        return read
    said = [Candidate(marked.value, marked.confidence, f"marks:{marked.how}")] if marked.value else []
    candidates = sorted([*said, *read.candidates], key=lambda c: -c.confidence)
    # A mark is writing, even where it lies outside the zone.
    return replace(read, candidates=tuple(candidates), blank=False)
