"""Write a drafted form: the form file with comments where a check is needed, and its key points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from digitize.errors import InputError
from digitize.files.forms.draft import Draft, DraftZone
from digitize.files.forms.labels import page_tables
from digitize.files.forms.toml_text import remark, toml_value
from digitize.machine.command_line import format_command
from ocr.engine import Image
from ocr.forms.form import Form, load_form
from ocr.forms.marks import answer_ink
from ocr.geometry.features import save
from ocr.page import Box


def write_form(draft: Draft, form_id: str, folder: Path, *, replace: bool = False) -> Form:
    """Write FORM_ID.toml and FORM_ID.npz; returns the form as read back.

    Raises InputError if a form of that id exists, and FormError for an invalid id.
    """
    path = folder / f"{form_id}.toml"
    if path.exists() and not replace:
        raise InputError(f"{path} exists already. Give another --id, or --replace to overwrite it.")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(_text(draft, form_id)), encoding="utf-8", newline="\n")
    try:
        form = load_form(path)
    # A file that cannot be read back would stop every command that loads the forms.
    except BaseException:
        path.unlink()
        raise
    save(draft.sheet.features([z.box for z in form.zones]), path.with_suffix(".npz"))
    return form


def _text(draft: Draft, form_id: str) -> Iterator[str]:
    height, width = draft.sheet.print.shape
    pages = len(draft.sheet.pages)
    learned = "one blank scan" if pages == 1 else f"{pages} filled pages"
    yield f"# Drafted by digitize forms new from {learned}. {len(draft.doubtful)} of {len(draft.zones)} zones bear a\n"
    yield "# remark: look at them, set ids and kinds right, delete what is no answer, name the family of its mapping.\n"
    draw = format_command("forms", "show", form_id, "SCAN", "--image", "zones.png")
    yield f'# Draw it: {draw} --forms "{{this folder}}"\n'
    yield "format = 1\n"
    yield f'id = "{form_id}"\nfamily = "{form_id}"\n'
    yield f"title = {toml_value(draft.title or form_id)}\n"
    yield f"languages = {toml_value(list(draft.languages))}\n"
    yield f"width = {width}\nheight = {height}\n"
    yield f'features = "{form_id}.npz"\n'
    yield f'source = "Drafted from {learned}; labels read by the program."\n'
    yield from _page_tables([zone.id for zone in draft.zones])
    for zone in draft.zones:
        yield from _zone(zone, draft.sheet.print, draft.sheet.print.shape)


def _page_tables(zones: Sequence[str]) -> Iterator[str]:
    """Zones that show volume metadata, and zones that hold the same date."""
    tables = page_tables(zones)
    if tables["per_volume"]:
        yield f"per_volume = {toml_value(tables['per_volume'])}\n"
    if "agree" in tables:
        yield "\n[[agree]]\n" + "".join(f"{key} = {toml_value(zones)}\n" for key, zones in tables["agree"].items())


def _zone(zone: DraftZone, print_: Image, shape: Sequence[int]) -> Iterator[str]:
    yield "\n"
    for doubt in zone.doubts:
        yield remark(f"look: {doubt}") + "\n"
    yield f'[[zone]]\nid = "{zone.id}"\nbox = {list(_clip_to_picture(zone.box, shape))}\nkind = "{zone.kind}"\n'
    if zone.label:
        yield f"label = {toml_value(zone.label)}\n"
    if zone.list:
        yield f'list = "{zone.list}"\n'
    if zone.printed:
        yield f"printed = {[list(_clip_to_picture(b, shape)) for b in zone.printed]}\n"
    if zone.choice is not None:
        yield f"choices = {toml_value([a.value for a in zone.choice.answers])}\n"
        yield "alternatives = [\n"
        for answer in zone.choice.answers:
            box = _clip_to_picture(answer.box, shape)
            tick = f", tick = {list(answer.tick)}" if answer.tick else ""
            ink = answer_ink(print_, box)
            yield f'  {{ value = {toml_value(answer.value)}, box = {list(box)}{tick}, ink = "{ink}" }},\n'
        yield "]\n"


def _clip_to_picture(box: Box, shape: Sequence[int]) -> tuple[int, int, int, int]:
    height, width = shape
    x0, y0 = max(0, min(box.x0, width - 2)), max(0, min(box.y0, height - 2))
    return x0, y0, max(x0 + 1, min(box.x1, width)), max(y0 + 1, min(box.y1, height))
