"""`digitize extract`: read forms and registers into fields and rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from digitize.cli.console import errors
from digitize.cli.options import Dpi, PagesAtOnce, Scans, SecondsPerPage, SpreadsOption
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digitize.files.extract import Extract, GroupedPage
    from digitize.files.read_files import FilePageDone
    from digitize.machine.whole_file import WholeFile
    from ocr.forms.settings import ReadSettings

PANEL = "Read and check files, without a workspace", 20

Format = Literal["json", "text"]


Form = Annotated[str, typer.Option(help="Id of a form or register, family of forms, or auto.")]
Lang = Annotated[str, typer.Option(help="Languages of the pages, e.g. hi,en (default: the form's own).")]
How = Annotated[Format, typer.Option("--format", help="Output: one JSON object per page, or a table to look at.")]
Stations = Annotated[
    Path | None, typer.Option(help="Stations: CSV (station,district,aliases) or JSON.", exists=True, dir_okay=False)
]
FormFolders = Annotated[
    list[Path] | None, typer.Option(help="Folder with more form files.", exists=True, file_okay=False)
]

NativeDigits = Annotated[
    str, typer.Option(metavar="own|none|FILE", help="Weights for native digits (default: the package's).")
]


def extract(
    files: Scans,
    form: Form = "auto",
    lang: Lang = "",
    how: How = "json",
    out: Annotated[Path | None, typer.Option(help="File to write (default: standard output).")] = None,
    state: Annotated[str, typer.Option(help="Code of the state whose places are looked up, as wb.")] = "",
    stations: Stations = None,
    station: Annotated[str, typer.Option(help="Police station of the book that the pages are of.")] = "",
    district: Annotated[str, typer.Option(help="District of the station.")] = "",
    year: Annotated[str, typer.Option(help="Year of the book, four digits.")] = "",
    forms: FormFolders = None,
    spreads: SpreadsOption = "auto",
    jobs: PagesAtOnce = None,
    dpi: Dpi = 300,
    seconds: SecondsPerPage = 180,
    native_digits: NativeDigits = "own",
) -> None:
    """Read forms and registers into named fields and rows, one JSON object per page; exit 5 if a page cannot be read.

    A page of no known form also gets an object, with the reason; where a form or register was named, it counts as one
    that cannot be read. JSON contains everything that was read; the list for
    viewing masks persons on pages that may concern sexual offences or children, and register rows.
    """
    from digitize.errors import InputError, OptionsError
    from digitize.files.extract import ExtractSettings
    from digitize.files.extract_files import extract_files
    from digitize.machine.placing import default_workers
    from digitize.machine.whole_file import WholeFile

    reading = _reading(form, lang, tuple(forms or ()), dpi, seconds, native_digits)
    # What is no printed form's name is a register's: _reading has looked it up.
    register = "" if form == "auto" or reading.forms else form
    _check_told(state, stations, station, district)
    metadata = {"police_station": station, "district": district, "year": year}
    settings = ExtractSettings(reading, state, stations, register, {z: v for z, v in metadata.items() if v}, spreads)
    if out is not None and out.resolve() in {file.resolve() for file in files}:
        raise OptionsError(f"--out: {out} is one of the input files; originals are never changed.")
    pages = extract_files(files, settings, jobs or default_workers())
    if unread := _write(pages, WholeFile(out), how, is_named=form != "auto"):
        what = pluralize(unread, "page or file", "pages or files")
        raise InputError(f"{what} could not be read; the reasons are listed above.")


def _check_told(state: str, stations: Path | None, station: str, district: str) -> None:
    """Reject a place that is in no list; unknown without a state or a station list."""
    from digitize.workspace.intake.manifest import Metadata, check_places
    from mappers.codes import place_lists

    told = Metadata(station=station if state or stations else "", district=district if state else "")
    if told != Metadata():
        check_places(told, "digitize extract", place_lists(state, stations), has_own=stations is not None)


def _reading(form: str, lang: str, folders: tuple[Path, ...], dpi: int, seconds: int, digits: str) -> ReadSettings:
    """How pages are read. Raises FormError for an unknown form, EngineMissing."""
    from digitize.files.read_files import parse_languages
    from digitize.reading.lexica import sections_file
    from ocr.forms.read import require_engine
    from ocr.forms.settings import ReadSettings
    from ocr.forms.zones import load_models
    from ocr.registers import known_registers

    reading = ReadSettings(
        languages=parse_languages(lang) if lang else (),
        dpi=dpi,
        handwriting_engine="auto",
        seconds_per_page=seconds,
        form_folders=folders,
        forms=() if form == "auto" or form in known_registers(folders).forms else (form,),
        sections=sections_file(),
        native_digits=digits,
    )
    require_engine(reading)
    load_models(folders).select(reading.forms)  # before any page, so that a wrong name is told once
    return reading


def _write(pages: Iterator[GroupedPage], target: WholeFile, how: Format, *, is_named: bool) -> int:
    """Write all pages and report those that could not be read; returns their number.

    is_named: a form or register was named, so a page that is none of it could not be read, unless it is blank. An error
    leaves no partial file.
    """
    messages = errors()
    unread, is_whole = 0, False
    try:
        for page, group, doubts in pages:
            target.write(_as_text(page) if how == "text" else _as_json(page, group, doubts))
            reason = page.reason
            if page.found is not None and is_named and page.found.form is None and page.found.kind != "blank":
                reason = f"{page.job.file}, page {page.job.number}: {page.found.reason}"
            unread += page.found is None or bool(reason)
            if reason:
                messages.print(f"Error: {reason}", style="red", markup=False, soft_wrap=True)
        is_whole = True
    finally:
        target.close(keep=is_whole)
    return unread


def _as_json(page: FilePageDone[Extract], group: int, doubts: tuple[str, ...]) -> bytes:
    """One page as one line; a page that could not be read gets one with the reason."""
    found = page.found
    plain = {
        "file": str(page.job.file),
        "page": page.job.number,
        "form": found.form if found else None,
        "kind": found.kind if found else "unread",
        "group": {"number": group, "doubts": doubts},
        "sensitive": found.sensitive if found else False,
        "match": found.match if found else 0,
        "reason": found.reason if found else page.reason,
        "fields": found.fields if found else {},
        "rows": found.rows if found else [],
        "notes": found.notes if found else [],
    }
    # A file's name that is no UTF-8 comes as half characters, which cannot be encoded.
    return (json.dumps(plain, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "replace")


def _as_text(page: FilePageDone[Extract]) -> bytes:
    """One page for viewing: name, value and confidence; persons on sensitive pages are masked."""
    from digitize.files.extract import is_open_item
    from digitize.masking.masks import MASK

    found = page.found
    head = f"{page.job.file}, page {page.job.number}: {(found.form or found.reason) if found else page.reason}"
    if found is None:
        return f"{head}\n".encode("utf-8", "replace")
    lines = [head]
    for name, field in found.fields.items():
        value = field["value"] if not found.sensitive or is_open_item(name) or not field["value"] else MASK
        lines.append(f"  {name:28} {field['confidence']:.2f}  {value}")
    for row in found.rows:
        cells = " | ".join(f"{name}: {cell['value']}" for name, cell in row["cells"].items() if cell["value"])
        lines.append(f"  row {row['number']}: {MASK if found.sensitive else cells}")
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(extract)
