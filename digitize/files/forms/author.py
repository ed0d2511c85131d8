"""From scans to a form file in one step, with errors in the user's terms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from digitize.errors import InputError, OptionsError
from digitize.files.forms.draft import Draft, draft_form
from digitize.files.forms.library import open_all
from digitize.files.forms.write import write_form
from ocr.engines import load_engine
from ocr.forms.form import Form

_ID = re.compile(r"[a-z][a-z0-9_]*")
_SECONDS = 1800.0


def author(
    scans: Sequence[Path], form_id: str, folder: Path, languages: Sequence[str] = (), *, replace: bool = False
) -> tuple[Draft, Form]:
    """Draft a form from scans and write its files to a folder.

    Raises OptionsError for an invalid id, ScanError, InputError if the scans give no print or the form exists, and what
    the engine raises.
    """
    if not _ID.fullmatch(form_id):
        raise OptionsError(
            f"--id {form_id}: use only lower-case Latin letters, digits and _, starting with a letter, e.g. "
            f"arrest_memo_en."
        )
    try:
        draft = draft_form(open_all(scans), load_engine("tesseract", _SECONDS), languages)
    except ValueError as e:
        raise InputError(f"{e}.") from e
    if not draft.zones:
        raise InputError("no place for an answer was found: no dotted line, ruled line or empty cell. Is it a form?")
    return draft, write_form(draft, form_id, folder, replace=replace)
