"""`digitize read`: read the text of scans and PDFs, without a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from digitize.cli.console import errors
from digitize.cli.options import Dpi, PagesAtOnce, Scans, SecondsPerPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from digitize.files.read_files import FilePageDone
    from digitize.files.write_text import TextTarget
    from ocr.page import PageText
    from ocr.print.text import TextSettings

PANEL = "Read and check files, without a workspace", 10

Effort = Literal["quick", "usual", "careful"]
Layout = Literal["page", "line"]
Format = Literal["text", "json", "alto", "hocr", "pdf"]


Lang = Annotated[str, typer.Option(help="Languages of the pages, e.g. hi,en or hin,eng.")]
How = Annotated[Format, typer.Option("--format", help="Output format; pdf is the original with a text layer.")]
Out = Annotated[Path | None, typer.Option(help="File, or folder for one document per file (default: standard output).")]
TextLayer = Annotated[
    bool, typer.Option("--text-layer/--no-text-layer", help="Use a PDF's own text where it can be trusted.")
]
Trouble = Annotated[
    Effort, typer.Option("--effort", help="Lines in doubt: read none again, the worst, or all in many ways.")
]


def read(
    files: Scans,
    lang: Lang = "hi,en",
    layout: Annotated[Layout, typer.Option(help="Content of each picture: a page, or one line.")] = "page",
    form: How = "text",
    out: Out = None,
    jobs: PagesAtOnce = None,
    dpi: Dpi = 300,
    seconds: SecondsPerPage = 180,
    text_layer: TextLayer = True,
    effort: Trouble = "usual",
) -> None:
    """Read scans and PDFs in 13 languages into text, JSON lines, ALTO, hOCR or searchable PDF; exit 5 if one failed."""
    from digitize.errors import InputError
    from digitize.files.read_files import parse_languages
    from digitize.files.write_text import TextTarget
    from ocr.print.text import TextSettings

    settings = TextSettings(
        languages=parse_languages(lang),
        layout=layout,
        dpi=dpi,
        seconds_per_page=seconds,
        text_layer=text_layer,
        effort=effort,
    )
    messages = errors()
    failed: set[int] = set()
    with TextTarget(form, files, out) as target:
        for done in _pages(files, settings, jobs):
            if not _write(done, target, form, settings, messages):
                failed.add(done.job.place)
    if failed:
        raise InputError(
            f"{len(failed)} of {len(files)} files could not be read completely; the reasons are listed above."
        )


def _pages(files: list[Path], settings: TextSettings, jobs: int | None) -> Iterator[FilePageDone[PageText]]:
    from functools import partial

    from digitize.files.read_files import read_pages
    from digitize.machine.placing import default_workers
    from ocr.print.text import read_text
    from ocr.scans.limits import MIN_LINE_PX, MIN_SIDE_PX

    return read_pages(
        files,
        partial(read_text, settings=settings),
        jobs or default_workers(),
        seconds_per_page=settings.seconds_per_page,
        least_px=MIN_LINE_PX if settings.layout == "line" else MIN_SIDE_PX,
    )


def _write(
    done: FilePageDone[PageText], target: TextTarget, form: Format, settings: TextSettings, messages: Console
) -> bool:
    """Write a page, or report why there is none. Returns whether it was written."""
    from ocr.errors import ScanError
    from ocr.outputs import OutputPage
    from ocr.page import PageText

    job, reason = done.job, done.reason
    text = done.found
    if text is None and form == "text" and job.scan is not None:
        text = PageText(0, 0)  # an empty page, so that the pages behind it keep their number
    if text is not None:
        target.begin(job.file, job.place)
        page = OutputPage(str(job.file), job.number, text, job.scan, settings.languages, settings.dpi)
        try:
            target.page(page)
        except ScanError as e:
            reason = str(e)
    if reason:
        messages.print(f"Error: {reason}", style="red", markup=False, soft_wrap=True)
    return not reason


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(read)
