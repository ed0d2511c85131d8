"""From scans to a register file, and from a register file to pages read with it, with faults as the user needs them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import InputError, OptionsError
from digitize.files.forms.library import open_named
from digitize.files.registers.draft import RegisterDraft, draft_register
from digitize.files.registers.editing import RegisterEditing
from digitize.files.registers.trial import TriedPage, label_languages, open_register, try_register
from digitize.files.registers.write import check_free, write_draft, write_picture
from digitize.machine.whole_file import writing
from ocr.engines import load_engine
from ocr.registers import RegisterForm, known_registers, package_registers

_ID = re.compile(r"reg_[a-z0-9_]+")
_NO_NAME = re.compile(r"[^\w.-]+")
SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class TriedRegister:
    """A register and the pages that were read with it."""

    form: RegisterForm
    pages: tuple[TriedPage, ...]


def author(
    scans: Sequence[Path], register_id: str, folder: Path, languages: Sequence[str] = (), *, replace: bool = False
) -> tuple[RegisterDraft, Path]:
    """Draft a register from scans and write its file and picture into a folder of forms; returns both.

    Raises OptionsError for a name that is none, InputError when the scans give no columns or the file is there already,
    ScanError, FormError for another file of the folder, and what the engine raises.
    """
    if not _ID.fullmatch(register_id):
        raise OptionsError(
            f"--id {register_id}: start with reg_, then lower-case Latin letters, digits and _, e.g. reg_beat."
        )
    if register_id in package_registers().forms:
        raise OptionsError(f"--id {register_id}: there is already a register with that id. Give another one.")
    # Before the scans are read, which takes long.
    path = check_free(folder, register_id, replace=replace)
    known = known_registers((folder,))
    others = known.model_copy(update={"forms": {i: f for i, f in known.forms.items() if i != register_id}})
    draft = draft_register(list(open_named(scans)), register_id, load_engine("tesseract", SECONDS), others, languages)
    write_draft(draft, path)
    # Whoever goes on in this process must find the new file.
    known_registers.cache_clear()
    return draft, path


def try_pages(file: Path, scans: Sequence[Path], into: Path | None, languages: Sequence[str] = ()) -> TriedRegister:
    """Read pages with a register file; with a folder, a picture of each is written there.

    languages: of the heads, those of the file's labels when none are given. Raises FormError for the file, InputError,
    ScanError, DiskFull, and what the engine raises.
    """
    form = open_register(file)
    spoken = tuple(languages) or label_languages(form)
    pages = []
    for tried in try_register(form, open_named(scans), load_engine("tesseract", SECONDS), spoken):
        pages.append(tried.page)
        if into is not None:
            write_picture(_picture_path(into, tried.page.name, form.id), tried.draw())
    if not pages:
        raise InputError("the scans have no page.")
    return TriedRegister(form, tuple(pages))


def open_editing(file: Path, scans: Sequence[Path], languages: Sequence[str] = ()) -> RegisterEditing:
    """A register file to be corrected over scans. languages: of the heads, those of its labels when none are given.

    Raises FormError for the file, InputError also where the first page does not show its columns, ScanError, and what
    the engine raises.
    """
    pages = list(open_named(scans))
    if not pages:
        raise InputError("the scans have no page.")
    editing = RegisterEditing(file, open_register(file), pages, load_engine("tesseract", SECONDS), languages)
    # What the page cannot show is told at once, and here.
    editing.read()
    return editing


def _picture_path(folder: Path, page: str, register_id: str) -> Path:
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    plain = _NO_NAME.sub("_", page)
    return folder / f"{plain}.{register_id}.png"
