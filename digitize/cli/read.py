"""`digitize read`: the text of scans and PDFs, without a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from digitize.cli.console import errors

if TYPE_CHECKING:
    from rich.console import Console

    from digitize.files.read_files import FilePageDone
    from digitize.files.write_text import TextTarget
    from ocr.page import PageText
    from ocr.print.text import TextSettings

Effort = Literal["quick", "usual", "careful"]
Layout = Literal["page", "line"]
Format = Literal["text", "json", "alto", "hocr", "pdf"]


def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scans: JPEG, PNG, TIFF or PDF.")],
    lang: Annotated[str, typer.Option(help="Languages of the pages, as hi,en or hin,eng.")] = "hi,en",
    layout: Annotated[Layout, typer.Option(help="What a picture holds: a page, or one line.")] = "page",
    form: Annotated[
        Format, typer.Option("--format", help="What to write; pdf is the original with its text laid over.")
    ] = "text",
    out: Annotated[
        Path | None, typer.Option(help="File, or folder for a document of each file; else standard output.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Pages read at once; as many as there are cores if not given.")
    ] = None,
    dpi: Annotated[int, typer.Option(min=72, max=600, help="Dots an inch to which PDF pages are drawn.")] = 300,
    seconds: Annotated[int, typer.Option("--seconds-per-page", min=1, help="Longest time one page may take.")] = 180,
    text_layer: Annotated[
        bool, typer.Option("--text-layer/--no-text-layer", help="Use a PDF's own text where it can be trusted.")
    ] = True,
    effort: Annotated[
        Effort, typer.Option(help="Of lines in doubt: look at none again, at the worst, or at all in many ways.")
    ] = "usual",
) -> None:
    """Read scans and PDFs in 13 languages into text, JSON lines, ALTO, hOCR or searchable PDF; exit 5 if one failed."""
    from functools import partial

    from digitize.errors import InputError
    from digitize.files.read_files import default_workers, parse_languages, read_pages
    from digitize.files.write_text import TextTarget
    from ocr.print.text import TextSettings, read_text
    from ocr.scans.limits import MIN_LINE_PX, MIN_SIDE_PX

    languages = parse_languages(lang)
    settings = TextSettings(
        languages=languages,
        layout=layout,
        dpi=dpi,
        seconds_per_page=seconds,
        text_layer=text_layer,
        effort=effort,
    )
    said = errors()
    failed: set[int] = set()
    with TextTarget(form, files, out) as target:
        for done in read_pages(
            files,
            partial(read_text, settings=settings),
            jobs or default_workers(),
            seconds_per_page=seconds,
            least_px=MIN_LINE_PX if layout == "line" else MIN_SIDE_PX,
        ):
            if not _write(done, target, form, settings, said):
                failed.add(done.job.place)
    if failed:
        raise InputError(f"{len(failed)} of {len(files)} files could not be read in full; the reasons stand above.")


def _write(
    done: FilePageDone[PageText], target: TextTarget, form: Format, settings: TextSettings, said: Console
) -> bool:
    """Write a page, or say why there is none. Returns whether it was written."""
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
        said.print(f"Error: {reason}", style="red", markup=False, soft_wrap=True)
    return not reason


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(read)
