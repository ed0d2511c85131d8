"""`digitize romanize`: write names of any Indian script in Latin letters."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, print_json, say_text

if TYPE_CHECKING:
    from mappers.names.index import NameIndex

PANEL = "Read and check files, without a workspace", 60


def romanize(
    text: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT...|-]", help="Names; - or nothing: lines of standard input.")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language, where several share a script: hi, mr, bn, as ...")] = "",
    match: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File with names, one per line, to match against.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="With --match: number of names to show.")] = 5,
    json: Json = False,
) -> None:
    """Write names of any Indian script in Latin letters, line by line; --match ranks a list."""
    from mappers.names import name_key, romanise

    lines = _lines() if text in (None, [], ["-"]) else iter(text or ())
    index = _index(match) if match else None
    entries: list[dict[str, Any]] = []
    for line in lines:
        entry: dict[str, Any] = {"text": line, "romanised": romanise(line, lang), "key": name_key(line, lang)}
        if index is not None:
            entry["matches"] = _matches(index, line, limit, lang)
        if json:
            entries.append(entry)
        else:
            say_text(_line(entry))
    if json:
        print_json({"names": entries})


def _lines() -> Iterator[str]:
    """Lines of stdin as UTF-8, whatever the locale; invalid bytes show as U+FFFD."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", "replace").rstrip("\r\n")


def _index(path: Path) -> NameIndex:
    from digitize.errors import InputError
    from mappers.names.index import NameIndex

    try:
        # A list out of a spreadsheet begins with a byte order mark, which would be a letter of the first name.
        names = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{path} cannot be read as UTF-8 text. --match wants one name a line.") from e
    return NameIndex(name.strip() for name in names if name.strip())


def _matches(index: NameIndex, line: str, limit: int, lang: str) -> list[dict[str, Any]]:
    return [{"name": m.name, "score": m.score, "by": m.by} for m in index.search(line, limit, lang)]


def _line(entry: dict[str, Any]) -> str:
    if "matches" not in entry:
        return str(entry["romanised"])
    return "\t".join([entry["romanised"], *(f"{m['name']} {m['score']:.2f}" for m in entry["matches"])])


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(romanize)
