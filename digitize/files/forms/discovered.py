"""Prints of known forms discovered among filled pages: their files, a picture to check, and approval."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, cast

from digitize.errors import InputError, NotFound, OptionsError
from digitize.files.forms.toml_text import toml_keys
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place
from ocr.drafting.discover import FoundPrint, discover_prints
from ocr.engine import Image
from ocr.engines import load_engine
from ocr.forms.by_labels import SparseReader
from ocr.forms.form import Form, load_form, load_forms
from ocr.forms.read import match_page
from ocr.forms.settings import ReadSettings, forget_forms
from ocr.forms.zones import Match, load_models
from ocr.geometry.features import save
from ocr.outputs.overlay import draw_zones
from ocr.page import Box
from ocr.scans.time_limit import TimeLimit

_WAITING = re.compile(r"^confirmed = false\n", re.M)
_TABLES = ("agree", "zone")
_SECONDS = 600.0


def find_prints(pages: Sequence[Image], settings: ReadSettings, folder: Path) -> list[Form]:
    """Draft prints that occur on ten pages or more, and write them to a folder as unconfirmed.

    pages: (height, width) uint8, of known forms in unknown prints. Next to each ID.toml and its key points is ID.png,
    its zones drawn over the blank print. Returns the forms. Raises EngineMissing, EngineFailed and FormError.
    """
    models = load_models(settings.folders())
    engine = load_engine(settings.engine, _SECONDS)
    if not hasattr(engine, "read_page"):
        return []

    def place(page: Image) -> Match | None:
        match, _ = match_page(page, settings, TimeLimit(_SECONDS))
        return match if match.form is not None else None

    # As "own_1": it says where the print comes from, and no such id is the package's.
    ids = (name for n in count(1) if (name := f"own_print_{n}") not in models.forms)
    found = discover_prints(pages, place, models, cast(SparseReader, engine), ids)
    for one in found:
        _write(one, folder)
    forget_forms()
    return [one.form for one in found]


def accept_print(ledger: Ledger, place: Place, form_id: str, operator: str) -> Form:
    """Record that a person approved a drafted print, so that its values count like any other's.

    Raises OptionsError without a name, NotFound without such a file, and InputError if the print is not pending.
    """
    if not operator.strip():
        raise OptionsError("Give --operator NAME: who checked the print.")
    folder = place.folder / "forms"
    path = folder / f"{form_id}.toml"
    if not path.is_file():
        waiting = ", ".join(form.id for form in waiting_prints(folder)) or "none"
        raise NotFound(f"there is no {path}. Waiting to be checked: {waiting}.")
    text, changed = _WAITING.subn("", path.read_text(encoding="utf-8"))
    if not changed:
        raise InputError(f"{form_id} is already confirmed.")
    content = text.encode("utf-8")
    # Before the file: whoever is killed between finds a print that still waits, never one that nobody is known to have
    # seen.
    detail = {"form": form_id, "by": operator.strip(), "sha256": hashlib.sha256(content).hexdigest()}
    ledger.record_event(place.options.workspace.site_id, "forms", "note", detail=detail)
    path.write_bytes(content)
    forget_forms()
    return load_form(path)


def waiting_prints(folder: Path) -> list[Form]:
    """Drafted prints of a folder pending approval. Raises FormError for an invalid file."""
    return [form for form in load_forms(folder).values() if not form.confirmed] if folder.is_dir() else []


def form_text(form: Form) -> str:
    """A form as file text, without comments."""
    plain = form.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = {name: plain.pop(name, []) for name in _TABLES}
    confidence = plain.pop("confidence", {})
    lines = list(toml_keys({"format": form.format, **plain}))
    if confidence:
        lines += ["", "[confidence]", *toml_keys(confidence)]
    for name, rows in tables.items():
        for row in rows:
            lines += ["", f"[[{name}]]", *toml_keys(row)]
    return "\n".join(lines) + "\n"


def _write(found: FoundPrint, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found.form.id}.toml"
    save(found.features, path.with_suffix(".npz"))
    boxes = {zone.id: Box(*zone.box) for zone in found.form.zones}
    path.with_suffix(".png").write_bytes(draw_zones(found.picture, boxes))
    # Last: what stops here leaves no form without its key points.
    path.write_text(form_text(found.form), encoding="utf-8", newline="\n")
