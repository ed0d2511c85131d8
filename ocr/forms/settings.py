"""How pages are read: the settings, and what a reading depends on, so that a page that was read is not read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from ocr.engines import engine_names
from ocr.errors import EngineMissing
from ocr.forms.networks import networks_in
from ocr.forms.words import words_version
from ocr.forms.zones import FormModels, load_models, package_models
from ocr.handwriting.sections import changed_sections
from ocr.models import DIGITS, FIELDS, WORDS
from ocr.models.running import content_of, is_here

OWN_ENGINE, _OWN_WEIGHTS = FIELDS, "eng_fields.onnx"
OwnWeightFiles = tuple[tuple[str, Path], ...]
"""Networks with files of weights that an office taught them."""
OWN_DIGITS = "own"
# Part of every page's key: raised when pages are to be read again.
READ_VERSION = "17"
_DECIDING = {"confidence", "title", "source", "state", "per_volume", "agree", "confirmed"}
"""Keys of a form file that recognising takes nothing from."""
_ALL = "*"
"""In place of a form's id: the hash of all of them."""
_LEFT_OUT = ("seconds_per_page", "form_folders", "sections", "weights")


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How pages are read.

    languages: two-letter codes the page is likely in, best first; they order a form's own. dpi: for PDF pages.
    handwriting_engine: an engine for handwritten zones in English: "none", a name, or "auto" for our own recogniser
    ("fields"), or ppocr where its weights are missing. seconds_per_page: then the page fails. form_folders: more forms
    than the package's own; folders that do not exist hold none. forms: ids or families of the only forms that pages may
    be; () for all that are known. zones: read these alone; () for all. sections: file of the sections that there are
    (ocr/handwriting/sections.py); without it lists of them are free text. native_digits: "own" for the weights of the
    package that read them, "none", or a file of others. weights: of networks that an office taught
    (ocr/forms/networks.py), the file of each, which is named by its content.
    """

    languages: tuple[str, ...] = ()
    dpi: int = 300
    engine: str = "tesseract"
    handwriting_engine: str = "none"
    seconds_per_page: float = 180.0
    form_folders: tuple[Path, ...] = ()
    forms: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    sections: Path | None = None
    native_digits: str = OWN_DIGITS
    weights: OwnWeightFiles = ()

    def find_own_weights(self, network: str) -> Path | None:
        """The file of what an office taught a network, None where it taught nothing."""
        return dict(self.weights).get(network)

    @property
    def words_engine(self) -> str:
        """The engine for entries of closed lists written in other scripts than Latin."""
        own = self.find_own_weights(WORDS)
        return f"{WORDS}:{own}" if own is not None else WORDS

    @property
    def own_digits_engine(self) -> str:
        """As digits_engine, but with what the office taught, which was taught on pages of such digits alone."""
        own = self.find_own_weights(DIGITS)
        return f"{DIGITS}:{own}" if own is not None and self.native_digits != "none" else self.digits_engine

    @property
    def digits_engine(self) -> str:
        """The engine for handwritten numbers in native digits, "none" when there is none."""
        named = {OWN_DIGITS: "digits", "none": "none"}
        return named.get(self.native_digits, f"digits:{self.native_digits}")

    def folders(self) -> tuple[Path, ...]:
        """Those of its folders with forms that are there."""
        return tuple(folder for folder in self.form_folders if folder.is_dir())

    def key(self) -> str:
        """What recognising depends on beside the scan and the form: settings and this step's version; 32 hex digits.

        The time limit is left out, since a page that was read was in time; so are versions of engines, lest a
        package update has all pages read again: each Recognition notes the version that read it. Other weights have a
        key of their own, which pages of a known form alone depend on.
        """
        plain = {k: v for k, v in asdict(self).items() if k not in _LEFT_OUT}
        plain["handwriting_engine"] = handwriting_engine(replace(self, weights=()))
        plain["version"] = READ_VERSION
        # Pages that were read before there were these settings keep their key, and stay read.
        if not self.forms:
            del plain["forms"]
        if self.native_digits == OWN_DIGITS:
            del plain["native_digits"]
        elif self.native_digits != "none":
            plain["native_digits"] = hashlib.sha256(content_of(Path(self.native_digits))).hexdigest()
        return _digest(plain | changed_sections(self.sections))

    def weights_key(self, form: str | None) -> str:
        """What recognising a page of a known form depends on beside key(): weights of the office's own by which
        something of the form is read; "" for none, and for a page of no known form.
        """
        if not self.weights or not _reads_by_hand(self):
            return ""
        known = load_models(self.folders()).forms.get(form or "")
        if known is None:
            return ""
        reading = networks_in(known) - ({DIGITS} if self.native_digits == "none" else set())
        return " ".join(path.stem for network, path in sorted(self.weights) if network in reading)

    def form_key(self, form: str | None) -> str:
        """What recognising takes from a page's form: its zones, languages and key points; 32 hex digits.

        A page that matched no form depends on all of them, so a new form has it looked at again; a page that matched
        one is not. "" for a form that is not known any more.
        """
        return _form_keys(self.folders()).get(form or _ALL, "")

    def rules_key(self, form: str | None) -> str:
        """What deciding takes from a page's form: zones with their grammars and lists; 32 hex digits."""
        return _rules_key(self.folders(), form or "")


def forget_forms() -> None:
    """Have form files read anew: one was written or changed."""
    load_models.cache_clear()
    _form_keys.cache_clear()
    _rules_key.cache_clear()


def _reads_by_hand(settings: ReadSettings) -> bool:
    """Whether our own recogniser reads handwriting, by whichever weights."""
    return handwriting_engine(replace(settings, weights=())) == OWN_ENGINE


def handwriting_engine(settings: ReadSettings) -> str:
    """The second engine's name, "none" when there is none."""
    taught = settings.find_own_weights(FIELDS)
    own = f"{OWN_ENGINE}:{taught}" if taught is not None else OWN_ENGINE
    if settings.handwriting_engine == OWN_ENGINE:
        return own
    if settings.handwriting_engine == "auto":
        if is_here(_OWN_WEIGHTS):
            return own
        return "ppocr" if "ppocr" in engine_names() and find_spec("rapidocr") else "none"
    name = settings.handwriting_engine.partition(":")[0]
    if name not in ("none", "") and name not in engine_names():
        raise EngineMissing(f"no engine is called {settings.handwriting_engine!r}; set read.handwriting_engine to none")
    return settings.handwriting_engine or "none"


@lru_cache(maxsize=8)
def _form_keys(folders: tuple[Path, ...]) -> Mapping[str, str]:
    """Form id -> hash of what recognising takes from it."""
    own, models = _package_keys(), load_models(folders)
    keys = {**own, **{name: _key_of(models, name) for name in models.forms if name not in own}}
    return keys | {_ALL: _digest(sorted(keys.items()))}


@cache
def _package_keys() -> Mapping[str, str]:
    models = package_models()
    return {name: _key_of(models, name) for name in models.forms}


def _key_of(models: FormModels, name: str) -> str:
    form, points = models.forms[name], models.features[name]
    plain = form.model_dump(mode="json", exclude=_DECIDING)
    for zone in plain["zones"]:
        del zone["list"], zone["label"]
        # Forms that were read before there were such things stay read.
        if zone["repeats"] is None:
            del zone["repeats"]
        if not zone["often_blank"]:
            del zone["often_blank"]
    corners = hashlib.sha256(points.points.tobytes() + points.descriptors.tobytes()).hexdigest()
    # Only forms of which words are seen by hand are to be read again when that changes.
    return _digest([plain, corners, *filter(None, [words_version(form)])])


@lru_cache(maxsize=1024)
def _rules_key(folders: tuple[Path, ...], form: str) -> str:
    known = load_models(folders).forms.get(form)
    leave = {"confidence", "title", "source", "state"}
    plain = known.model_dump(mode="json", exclude=leave) if known else {}
    for zone in plain.get("zones", ()):
        del zone["label"]
    return _digest(plain)


def _digest(plain: object) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:32]
