"""Read one page in two steps: recognise (dear: pixels to candidates) and decide (cheap: candidates to values)."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ocr.clean import flatten
from ocr.crops import Crop, cut_all
from ocr.decide import DECIDE_VERSION, decide_page
from ocr.engine import Engine, EngineText, LineImage
from ocr.engines import engine_names, load_engine
from ocr.errors import EngineFailed, EngineMissing, FormError
from ocr.form import Form, Zone
from ocr.lexicon import Lexicon
from ocr.page import Candidate, Reading, Recognition, Scan, Word, ZoneReading
from ocr.scan import OpenedPage, open_page
from ocr.zones import Match, angle_deg, find_form, load_models

__all__ = ["DECIDE_VERSION", "READ_VERSION", "ReadSettings", "decide", "recognise", "require_engine"]

READ_VERSION = "4"
_OWN = "fields"
_SAYS_LITTLE = 0.3
"""Below this confidence our own recogniser's zone is looked at by the first engine, too: it may be typed."""
_DOUBTFUL = 0.8
"""Below this confidence a zone is looked at again in other ways; above, one line in thirty has an error."""
_NUMERIC = ("digits", "year", "date", "time")


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
        plain["handwriting_engine"] = _handwriting_engine(self)
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
    for name in (settings.engine, _handwriting_engine(settings)):
        if name != "none":
            load_engine(name).name_and_version()


def recognise(scan: Scan, settings: ReadSettings) -> Recognition:
    """Open a page, find its form, and read each zone that holds ink; no list and no grammar is used.

    A page that matches no form gives a Recognition without form, with the reason. Raises ScanError, EngineMissing,
    EngineFailed (also when the page takes longer than seconds_per_page) and FormError.
    """
    until = time.monotonic() + settings.seconds_per_page
    page = open_page(scan, settings.dpi)
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
        return replace(found, reason=f"matches no known form (best had {match.inliers} points): {match.reason}")
    crops = cut_all(page.grey, match.matrix, match.form, settings.zones)
    zones, engines = _Reader(settings, match.form, until).read(crops)
    return replace(found, angle_deg=round(angle_deg(match.matrix), 2), zones=zones, notes=found.notes + engines)


def decide(recognition: Recognition, lexica: Mapping[str, Lexicon], settings: ReadSettings) -> Reading:
    """Settle on the value of each zone. Raises FormError when the form or a list it asks for is not there."""
    if recognition.form is None:
        return Reading(None, None, reason=recognition.reason)
    forms = load_models(_folders(settings)).forms
    if recognition.form not in forms:
        raise FormError(
            f"form {recognition.form} was recognised and is gone; bring its file back or read the page again"
        )
    return decide_page(recognition, forms[recognition.form], lexica)


class _Reader:
    """Asks the engines about the crops of one page: all once, the doubtful ones again in other ways."""

    def __init__(self, settings: ReadSettings, form: Form, until: float) -> None:
        self._settings = settings
        self._form = form
        self._until = until
        self._engines: list[str] = []

    def read(self, crops: Sequence[Crop]) -> tuple[tuple[ZoneReading, ...], tuple[str, ...]]:
        """What was read in each zone, and the engines' names and versions."""
        looks: dict[str, list[tuple[str, EngineText]]] = {c.zone.id: [] for c in crops}
        inked = [c for c in crops if not c.blank]
        if inked and self._has_own_engine:
            self._look_by_hand([c for c in inked if self._is_for_second_engine(c)], looks)
            inked = [c for c in inked if _says_little(looks[c.zone.id])]
        if inked:
            engine = self._engine(self._settings.engine)
            self._look(engine, [("clean", c, c.line(self._languages(c.zone)[:1])) for c in inked], looks)
            # What a second engine will read is not looked at twice by one that cannot read handwriting.
            doubtful = [c for c in inked if _is_doubtful(looks[c.zone.id]) and not self._is_for_second_engine(c)]
            engine = self._engine(self._settings.engine)
            self._look(engine, [a for c in doubtful for a in self._second_looks(c, engine)], looks)
            if not self._has_own_engine:
                self._look_at_handwriting(inked, looks)
        return tuple(_reading(c, looks[c.zone.id]) for c in crops), tuple(dict.fromkeys(self._engines))

    def _second_looks(self, crop: Crop, engine: Engine) -> Iterable[tuple[str, Crop, LineImage]]:
        """Other ways to look at a doubtful crop: as scanned, in the next language, as a number."""
        first, *others = self._languages(crop.zone)
        line = crop.line((first,))
        yield "raw", crop, replace(line, image=crop.raw)
        readable = engine.languages()
        for other in [x for x in others if x in readable][:1]:
            yield other, crop, replace(line, languages=(other,))
        if crop.zone.kind in _NUMERIC[:2]:
            yield "digits", crop, replace(line, digits=True)

    @property
    def _has_own_engine(self) -> bool:
        return _handwriting_engine(self._settings).partition(":")[0] == _OWN

    def _look_by_hand(self, crops: Sequence[Crop], looks: dict[str, list[tuple[str, EngineText]]]) -> None:
        """Have our own recogniser read what is written by hand, as scanned and as far as the writing runs."""
        engine = self._engine(_handwriting_engine(self._settings))
        self._look(engine, [("hand", c, c.hand()) for c in crops], looks)

    def _look_at_handwriting(self, crops: Sequence[Crop], looks: dict[str, list[tuple[str, EngineText]]]) -> None:
        written = [c for c in crops if self._is_for_second_engine(c)]
        if written:
            engine = self._engine(_handwriting_engine(self._settings))
            self._look(engine, [("clean", c, c.line(("en",))) for c in written], looks)
            self._look(engine, [("raw", c, replace(c.line(("en",)), image=c.raw)) for c in written], looks)

    def _is_for_second_engine(self, crop: Crop) -> bool:
        has_engine = _handwriting_engine(self._settings) != "none"
        return has_engine and crop.zone.handwriting and "en" in self._languages(crop.zone)

    def _look(
        self,
        engine: Engine,
        asked: Sequence[tuple[str, Crop, LineImage]],
        looks: dict[str, list[tuple[str, EngineText]]],
    ) -> None:
        if not asked:
            return
        name = engine.name_and_version()
        self._engines.append(name)
        texts = engine.read([line for _, _, line in asked])
        for (how, crop, _), text in zip(asked, texts, strict=True):
            looks[crop.zone.id].append((f"{name.split(' ')[0]}:{how}", text))

    def _engine(self, name: str) -> Engine:
        """The engine with the time that is left. Raises EngineFailed when there is none."""
        left = self._until - time.monotonic()
        if left <= 0:
            limit = self._settings.seconds_per_page
            raise EngineFailed(f"not read within {limit:g} seconds. Raise read.seconds_per_page, or look at the scan.")
        return load_engine(name, left)

    def _languages(self, zone: Zone) -> tuple[str, ...]:
        """The zone's languages, or the form's with those the page is likely in first."""
        if zone.languages:
            return zone.languages
        likely = [x for x in self._settings.languages if x in self._form.languages]
        return tuple(dict.fromkeys([*likely, *self._form.languages]))


def _match(page: OpenedPage, settings: ReadSettings) -> tuple[Match, tuple[str, ...]]:
    """The form of a page; where the page as scanned shows none, its ground is flattened for a second look."""
    models = load_models(_folders(settings)).only(settings.forms)
    match = find_form(page.grey, models)
    if match.form is not None:
        return match, ()
    again = find_form(flatten(page.grey), models)
    return (again, ("form-found-after-flattening",)) if again.form is not None else (match, ())


def _is_doubtful(looks: Sequence[tuple[str, EngineText]]) -> bool:
    return all(not text.text or text.confidence < _DOUBTFUL for _, text in looks)


def _says_little(looks: Sequence[tuple[str, EngineText]]) -> bool:
    return all(text.confidence < _SAYS_LITTLE and not text.matrices for _, text in looks)


def _reading(crop: Crop, looks: Sequence[tuple[str, EngineText]]) -> ZoneReading:
    """A zone's candidates, surest first, with the words of the surest in pixels of the scan."""
    seen = sorted((x for x in looks if x[1].text), key=lambda x: -x[1].confidence)
    said = [(by, c) for by, text in seen for c in (Candidate(text.text, text.confidence), *text.others)]
    candidates = tuple(Candidate(c.text, c.confidence, by) for by, c in sorted(said, key=lambda x: -x[1].confidence))
    words = tuple(_on_scan(crop, word) for word in seen[0][1].words) if seen else ()
    matrices = tuple(m for _, text in looks for m in text.matrices)
    return ZoneReading(crop.zone.id, crop.box, candidates, words, round(crop.ink, 5), crop.blank, matrices)


def _on_scan(crop: Crop, word: Word) -> Word:
    corners = np.array([[word.box[i], word.box[j], 1] for i in (0, 2) for j in (1, 3)])
    return replace(word, box=crop.box_on_scan(corners))


def _handwriting_engine(settings: ReadSettings) -> str:
    """The second engine's name, "none" when there is none."""
    if settings.handwriting_engine == "auto":
        if (resources.files("ocr.models") / "eng_fields.onnx").is_file() and find_spec("onnxruntime"):
            return _OWN
        return "ppocr" if "ppocr" in engine_names() and find_spec("rapidocr") else "none"
    name = settings.handwriting_engine.partition(":")[0]
    if name not in ("none", "") and name not in engine_names():
        raise EngineMissing(f"no engine is called {settings.handwriting_engine!r}; set read.handwriting_engine to none")
    return settings.handwriting_engine or "none"


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
        points = models.features[name]
        corners = hashlib.sha256(points.points.tobytes() + points.descriptors.tobytes()).hexdigest()
        keys[name] = _digest([plain, corners])
    return keys


def _digest(plain: object) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:32]
