"""`digitize forms`: list, draft, draw and test printed forms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, errors, print_json, progress, results, say, table
from digitize.machine.command_line import format_command

if TYPE_CHECKING:
    from digitize.files.forms.draft import Draft
    from digitize.files.forms.trial import TriedForm, TriedFormPage

PANEL = "Read and check files, without a workspace", 100
_MOST_LETTERS = 48

forms = typer.Typer(name="forms", help="List, draft, draw, try and test printed forms.", no_args_is_help=True)
Folders = Annotated[
    list[Path] | None, typer.Option("--forms", metavar="DIR", help="Folder with form files of your own; may repeat.")
]


@forms.callback()
def _group() -> None:
    """List, draft, draw, try and test printed forms."""


@forms.command("list")
def list_(folders: Folders = None, json: Json = False) -> None:
    """List the forms there are, with family, part, languages, zones, key points; and the ruled registers."""
    from dataclasses import asdict

    from digitize.files.forms.library import list_forms, list_registers

    known, registers = list_forms(folders or ()), list_registers(folders or ())
    if json:
        print_json(
            {"forms": [asdict(form) for form in known], "registers": [asdict(register) for register in registers]}
        )
        return
    rows = [[x.id, x.family, x.part, " ".join(x.languages), x.zones, x.points, x.title] for x in known]
    columns = ["id", "family", "part", "languages", "zones", "points", "title"]
    results().print(table("Forms", columns, rows), markup=False)
    own = [
        [r.id, " ".join(r.languages), len(r.columns), "two pages" if r.spread_from else "one", r.title]
        for r in registers
    ]
    columns = ["id", "languages", "columns", "a row stands on", "title"]
    results().print(table("Registers (named to intake with --kind ID)", columns, own), markup=False)


@forms.command()
def new(
    scans: Annotated[
        list[Path], typer.Argument(metavar="SCAN...", help="One clean blank scan, or three filled and more.")
    ],
    form_id: Annotated[str, typer.Option("--id", help="Id of the new form, e.g. arrest_memo_en.")],
    lang: Annotated[str, typer.Option(help="Languages of its print, e.g. hi,en (default: detected).")] = "",
    out: Annotated[Path, typer.Option(help="Folder for the form file and its key points.")] = Path(),
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite an existing form file.")] = False,
    json: Json = False,
) -> None:
    """Draft a form file from scans: zones, ids and kinds from the printed labels, with notes where unsure."""
    from digitize.files.forms.author import author
    from digitize.files.read_files import parse_languages

    draft, form = author(scans, form_id, out, parse_languages(lang) if lang else (), replace=replace)
    if json:
        print_json({"form": form.id, **draft.to_plain()})
        return
    _print_draft(draft)
    if draft.is_coarse:
        errors().print(
            "The scan is coarse: many lines will have been missed. Scan the form at 200 dpi.", style="yellow"
        )
    say(f"{out / form.id}.toml: {len(draft.zones)} zones, {len(draft.doubtful)} to check. Key points: {form.features}.")
    show = format_command("forms", "show", form.id, "SCAN", "--image", "zones.png", "--forms", out)
    errors().print(f"Next: {show}", soft_wrap=True)


@forms.command()
def show(
    form_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the form.")],
    scan: Annotated[Path, typer.Argument(metavar="SCAN", help="A scan of that form, blank or filled.")],
    image: Annotated[Path, typer.Option(help="PNG file to write the picture to.")],
    page: Annotated[int, typer.Option(min=1, help="Page of the file.")] = 1,
    folders: Folders = None,
    json: Json = False,
) -> None:
    """Draw the zones of a form over a scan, as they will be cut out when it is read."""
    from digitize.files.forms.library import show_form

    drawn = show_form(form_id, scan, page - 1, folders or ())
    image.write_bytes(drawn.picture)
    if json:
        print_json({"form": form_id, "match": drawn.match, "turned_deg": drawn.angle_deg, "image": str(image)})
        return
    say(f"{scan.name}: {drawn.match} points match {form_id}, turned {drawn.angle_deg} deg; written to {image}.")


@forms.command("try")
def try_(
    form_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the form, or family of a form of several pages.")],
    scans: Annotated[list[Path], typer.Argument(metavar="SCAN...", help="Filled pages of it.")],
    folders: Folders = None,
    state: Annotated[str, typer.Option(help="Code of the state whose places are looked up, as wb.")] = "",
    json: Json = False,
) -> None:
    """Read pages with a form and show what each zone says; nothing is kept. Exit 3 if a page is not read with it."""
    from digitize.errors import TooManyRefused
    from digitize.files.forms.trial import try_form
    from digitize.machine.placing import default_workers
    from digitize.reading.lexica import ListSource, sections_file
    from ocr.forms.settings import ReadSettings

    settings = ReadSettings(handwriting_engine="auto", form_folders=tuple(folders or ()), sections=sections_file())
    tried = try_form(form_id, scans, settings, ListSource(state=state), default_workers())
    if json:
        print_json(tried.to_plain())
    else:
        _print_tried(form_id, tried, folders or (), state)
    if tried.refused:
        raise TooManyRefused(f"{len(tried.refused)} of {len(tried.pages)} pages were not read with {form_id}.")


@forms.command()
def test(
    form_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the form.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with the scans.")],
    gold: Annotated[
        Path | None, typer.Option(help="File with what is written on them (default: DIR/gold.jsonl).")
    ] = None,
    engine: Annotated[
        str, typer.Option(help="Engine that reads them; null to test only places and blanks.")
    ] = "tesseract",
    folders: Folders = None,
    json: Json = False,
) -> None:
    """Score a form on pages with known content: form found, zones in place, blanks, values per field."""
    from digitize.files.forms.score import read_gold, rows_of, score_form
    from digitize.machine.progress import Silent
    from ocr.forms.settings import ReadSettings

    pages = read_gold(gold or folder / "gold.jsonl")
    settings = ReadSettings(engine=engine, form_folders=tuple(folders or ()))
    if json:
        print_json(score_form(form_id, folder, pages, settings, Silent()).to_plain())
        return
    with progress(every=10) as shown:
        score = score_form(form_id, folder, pages, settings, shown)
    rows = list(rows_of(score))
    results().print(table(f"Form {form_id}", ["zone", "pages", "in place", "blank told", "exact"], rows), markup=False)
    say(f"{score.found} of {score.own} pages found; {score.taken} of {score.others} other pages wrongly taken for it.")
    for name in score.missed:
        errors().print(f"not found: {name}", markup=False)


@forms.command()
def discover(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    json: Json = False,
) -> None:
    """Draft the prints of known forms that occur in a workspace but have no form file."""
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.run_context import build_run_context
    from ocr.tesseract.folders import searching

    place = open_place(folder)
    with Ledger(place.ledger) as ledger, searching(place.models), progress(place.options.run.line_every) as shown:
        from digitize.steps.discover import discover as discover_prints
        from digitize.steps.discover import unknown_pages

        pages = len(unknown_pages(ledger))
        drafted = discover_prints(ledger, build_run_context(place, ledger), shown, again=True)
    if json:
        print_json({"pages": pages, "prints": [{"id": p.id, "picture": str(p.picture)} for p in drafted]})
        return
    say(f"{pages} pages are of unknown prints; {len(drafted)} prints were drafted.")
    for p in drafted:
        say(f"{p.id}, a print of {p.family}, {p.zones} zones: look at {p.picture}.")
        accept = format_command("forms", "accept", folder, p.id, "--operator", "NAME")
        errors().print(f"If the zones are right: {accept}", soft_wrap=True)


@forms.command()
def accept(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    form_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the print, e.g. own_print_1.")],
    operator: Annotated[str, typer.Option(help="Name of the person who looked at it; recorded.")],
    json: Json = False,
) -> None:
    """Approve the zones of a drafted print after checking its image; its values are then released."""
    from digitize.files.forms.discovered import accept_print
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        form = accept_print(ledger, place, form_id, operator)
    if json:
        print_json({"form": form.id, "confirmed": form.confirmed})
        return
    say(f"{form.id}: confirmed. Next: {format_command('run', folder)}")


def _print_tried(form_id: str, tried: TriedForm, folders: Sequence[Path], state: str) -> None:
    """Each page with its zones, then what all pages say of the file, and the next step."""
    for number, page in enumerate(tried.pages, 1):
        _print_tried_page(number, page)
    for record in tried.records:
        doubts = f" ({', '.join(record.doubts)})" if record.doubts else ""
        say(f"One record: page {', '.join(map(str, record.pages))}{doubts}")
    read = [field for page in tried.pages for field in page.fields]
    said = {s: sum(field.state == s for field in read) for s in ("read", "blank", "unread", "unfit")}
    say(
        f"{len(tried.pages) - len(tried.refused)} of {len(tried.pages)} pages were read with {form_id}: "
        f"{said['read']} zones read, {said['blank']} blank, {said['unread']} written and not read, "
        f"{said['unfit']} not of their kind or list."
    )
    looks = list(tried.suspicious())
    if not state and any(field.list and field.state in ("unread", "unfit") for field in read):
        looks.append("places are found in the lists of a state; name it with --state")
    for what in looks:
        errors().print(f"Look: {what}.", style="yellow", soft_wrap=True)
    given = [word for folder in folders for word in ("--forms", folder)]
    one = next((page.form for page in tried.pages if page.form), tried.forms[0].id)
    if looks or tried.refused or said["unread"] or said["unfit"]:
        show = format_command("forms", "show", one, "SCAN", "--image", "zones.png", *given)
        errors().print(f"Next: {show}", soft_wrap=True)
        errors().print("Correct boxes and kinds in the form file, and try it again.", soft_wrap=True)
    else:
        test = format_command("forms", "test", one, "DIR", *given)
        errors().print(f"Next, on pages of known content: {test}", soft_wrap=True)


def _print_tried_page(number: int, page: TriedFormPage) -> None:
    if page.form is None:
        errors().print(f"{number}. {page.name}: {page.reason}.", style="yellow", soft_wrap=True)
        return
    found, printed = page.bands
    rows = [[f.zone, f.kind, _shorten(f.text), f"{f.confidence:.2f}", f.look] for f in page.fields]
    title = f"{number}. {page.name}: {page.form}; {page.points} points agree, in {found} of {printed} bands"
    results().print(table(title, ["zone", "kind", "read", "confidence", "look"], rows))
    if page.is_other_print:
        say("Its print lies elsewhere than the form file says: in a run a person looks at every value.")


def _shorten(text: str) -> str:
    """A text in one line of a table; JSON has all of it."""
    plain = " ".join(text.split())
    return plain if len(plain) <= _MOST_LETTERS else f"{plain[: _MOST_LETTERS - 3]}..."


def _print_draft(draft: Draft) -> None:
    rows = [[z.id, z.kind, " ".join(z.label.split())[:44], "; ".join(z.doubts)] for z in draft.zones]
    results().print(table(draft.title or "Form", ["zone", "kind", "printed", "look"], rows), markup=False)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(forms)
