"""A register as its file: columns with remarks where a person should look, and a picture of what was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from digitize.errors import InputError
from digitize.files.forms.toml_text import remark, toml_keys
from digitize.files.registers.draft import DraftColumn, RegisterDraft
from digitize.machine.whole_file import WholeFile, writing
from ocr.outputs.table_picture import draw_table
from ocr.registers.form import FOLDER, RegisterForm, load_register

LOOK = "look: "
"""What a remark begins with that asks a person to look."""
_COLUMN = re.compile(r"\s*\[\[\s*column\s*\]\]")
_ID = re.compile(r"""\s*id\s*=\s*["']([a-z0-9_]+)["']""")


def check_free(folder: Path, register_id: str, *, replace: bool = False) -> Path:
    """Where the file of a new register goes. Raises InputError when one is there already."""
    path = folder / FOLDER / f"{register_id}.toml"
    if path.exists() and not replace:
        raise InputError(f"{path} exists already. Give another --id, or --replace to overwrite it.")
    return path


def write_draft(draft: RegisterDraft, path: Path) -> None:
    """Write a draft's file and its picture beside it. Raises DiskFull and InputError."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_register(path, draft_text(draft))
    write_picture(path.with_suffix(".png"), draw_table(draft.table, {c.id: c.kind for c in draft.columns}))


def write_register(path: Path, text: str) -> RegisterForm:
    """Write a register file whole, or leave the old one; returns it as it is read back.

    Raises FormError, DiskFull and InputError.
    """
    new = path.with_name(f"{path.name}.new")
    with writing(path):
        try:
            new.write_text(text, encoding="utf-8", newline="\n")
            # A file that cannot be read back would stop every command that loads the registers.
            form = load_register(new)
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
    return form


def write_picture(path: Path, content: bytes) -> None:
    """Write a picture whole, or leave the old one. Raises DiskFull and InputError."""
    whole = WholeFile(path)
    whole.write(content)
    whole.close()


def draft_text(draft: RegisterDraft) -> str:
    """The file of a draft, with remarks."""
    few = f"{len(draft.doubtful)} of {len(draft.columns)} columns bear a remark"
    head = [
        f"Drafted by digitize registers new from {draft.scans} scan{'s' if draft.scans != 1 else ''}. {few}: look at",
        "them, set ids and kinds right. Widths are shares of the row; their proportions count. Kinds: line, block,",
        "digits, decimal, year, date, time, sections. With days = true the day of the entries stands above them.",
        *(f"left out: {what}" for what in draft.left_out),
        *(f"{LOOK}{doubt}" for doubt in draft.doubts),
    ]
    return register_text(draft.form, head, {c.id: list(_remarks(c)) for c in draft.columns})


def register_text(form: RegisterForm, head: Sequence[str], remarks: Mapping[str, Sequence[str]]) -> str:
    """A register as its file. head: remarks above it; remarks: above each column, by its id."""
    return "\n".join(_lines(form, head, remarks)) + "\n"


def read_remarks(text: str) -> tuple[list[str], dict[str, list[str]]]:
    """The remarks of a register file: those above its first key, and those above each column, by its id.

    Remarks in other places are not found.
    """
    head: list[str] = []
    by_column: dict[str, list[str]] = {}
    above: list[str] = []
    own: list[str] | None = None
    is_head = True
    for line in text.split("\n"):
        if line.startswith("#"):
            above.append(line.removeprefix("#").strip())
        elif line.strip():
            if is_head:
                head, is_head = above, False
            if _COLUMN.match(line):
                own = above
            elif own is not None and (found := _ID.match(line)):
                by_column[found[1]], own = own, None
            above = []
    return head, by_column


def _remarks(column: DraftColumn) -> Iterator[str]:
    if column.head:
        yield f"printed: {column.head}"
    yield from (f"{LOOK}{doubt}" for doubt in column.doubts)


def _lines(form: RegisterForm, head: Sequence[str], remarks: Mapping[str, Sequence[str]]) -> Iterator[str]:
    plain = form.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    columns, titles, confidence = plain.pop("column"), plain.pop("titles", {}), plain.pop("confidence", {})
    yield from (remark(text) for text in head)
    yield from toml_keys({"id": form.id, "title": form.title, "row_start": form.row_start, **plain})
    for name, table in (("titles", titles), ("confidence", confidence)):
        if table:
            yield from ("", f"[{name}]", *toml_keys(table))
    for column in columns:
        yield ""
        yield from (remark(text) for text in remarks.get(column["id"], ()))
        # What counts is said even where it is what a file without it would mean.
        usual = {"id": column["id"], "kind": column.get("kind", "line"), "width": column.get("width", 10.0)}
        yield from ("[[column]]", *toml_keys(usual | column))
