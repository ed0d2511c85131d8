"""Empty import files of a form: one per table, with the headers of the flat layout only."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from digitize.errors import OptionsError
from mappers.schema import flat_header, form_tables

FORMATS = ("csv",)


def template(form: str, to: str = "csv") -> Mapping[str, str]:
    """File name -> text for every table of a form.

    Raises OptionsError for an unknown format, MappingError for an unknown form.
    """
    if to not in FORMATS:
        raise OptionsError(f"--to knows {', '.join(FORMATS)}; not {to}")
    return {f"{name}.{to}": _header(flat_header(table)) for name, table in form_tables(form).items()}


def write_template(form: str, folder: Path, to: str = "csv") -> list[Path]:
    """Write the empty files to a folder; UTF-8 with a byte order mark, so that spreadsheets detect it.

    Raises OptionsError if one exists, since it may have been filled; then nothing is written.
    """
    files = {folder / name: text for name, text in template(form, to).items()}
    there = [path.name for path in files if path.exists()]
    if there:
        raise OptionsError(f"{folder} already contains {there[0]}. Choose another folder, or move it away.")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8-sig", newline="")
    return list(files)


def _header(names: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(names)
    return out.getvalue()
