"""`digitize codes`: look up acts, sections, code lists and places."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, print_json, results, say_text, table

if TYPE_CHECKING:
    from mappers.lookup import MasterHit

PANEL = "Read and check files, without a workspace", 120

codes = typer.Typer(name="codes", help="Look up acts, sections, code lists and places.", no_args_is_help=True)
_SHOWN = 160
# How a pair of sections was confirmed, in words; SOURCES.md has the whole story.
_CHECKED = {
    "text": "the texts agree", "verified_text": "the texts agree", "hand+text": "the texts agree",
    "near": "the texts are alike", "no": "from general knowledge", "hand": "from general knowledge",
}  # fmt: skip


@codes.callback()
def _group() -> None:
    """Look up acts, sections, code lists and places."""


@codes.command("find")
def find(
    text: Annotated[
        list[str], typer.Argument(metavar="TEXT...", help="Text as written in the register, in any script.")
    ],
    only: Annotated[str, typer.Option("--list", help="Search only this list; digitize codes list names them.")] = "",
    day: Annotated[
        str,
        typer.Option(
            metavar="YYYY-MM-DD", help="Day of the offence: which law was in force, and what places were then."
        ),
    ] = "",
    state: Annotated[str, typer.Option(help="State (two letters), for stations and districts of its own.")] = "",
    lists: Annotated[Path | None, typer.Option(help="Folder with stations.csv and districts.csv of a state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Number of results to show.")] = 10,
    json: Json = False,
) -> None:
    """Find what a text means: a section, act, list value or district; best match first, old and new law."""
    from mappers.codes import districts, load_stations, states
    from mappers.lookup import find_codes, known_lists

    _check_known("--list", "list", only, known_lists())
    _check_known("--state", "state", state, states())
    # No such folder: the package's own lists alone.
    own = lists or Path("-")
    hits = find_codes(
        " ".join(text),
        only=only,
        day=_iso(day),
        stations=load_stations(state, own / "stations.csv") if state or lists else (),
        districts=districts(state, own / "districts.csv") if state or lists else None,
    )[:limit]
    if json:
        print_json({"found": [_plain(h) for h in hits]})
        return
    if not hits:
        results().print("Nothing found. You can add a spelling to the mapping: values = { ... }.")
        return
    rows = [row for hit in hits for row in _rows(hit)]
    results().print(table("Found", ["list", "code", "meaning", "valid", "more", "score"], rows), markup=False)


@codes.command("list")
def list_(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Name of a list (default: all lists).")] = "",
    json: Json = False,
) -> None:
    """List the masters, or the entries of one: values, titles, dates, spellings."""
    from mappers.lookup.masters import master, masters

    if name:
        _check_known("NAME", "list", name, [m.name for m in masters()])
        found = master(name)
        if json:
            plain = [{"code": e.code, "title": e.title, "valid": _days(e), "more": list(e.more)} for e in found.entries]
            print_json({"list": name, "note": found.note, "entries": plain})
            return
        rows = [[e.code, e.title, _days(e), _cut("; ".join(e.more))] for e in found.entries]
        results().print(
            table(f"{name}. {found.note}".strip(), ["code", "meaning", "valid", "more"], rows), markup=False
        )
        return
    known = masters()
    if json:
        print_json({"lists": [{"name": m.name, "entries": m.size, "note": m.note} for m in known]})
        return
    sizes: list[list[Any]] = [[m.name, m.size, m.note] for m in known]
    results().print(table("Masters", ["list", "entries", "note"], sizes), markup=False)


@codes.command("check")
def check(
    state: Annotated[str, typer.Option(help="State (two letters).")],
    lists: Annotated[Path | None, typer.Option(help="Folder with stations.csv and districts.csv of a state.")] = None,
    json: Json = False,
) -> None:
    """Find contradictions between lists of stations and districts, and impossible coordinates."""
    from mappers.codes import states
    from mappers.codes.contradictions import contradictions

    _check_known("--state", "state", state, states())
    own = lists or Path("-")
    found = contradictions(state, own / "stations.csv", own / "districts.csv")
    found += _places_findings(own / "station_places.csv", state)
    if json:
        print_json({"contradictions": found})
    else:
        say_text("\n".join(found) or "The lists agree.")


def _places_findings(path: Path, state: str) -> list[str]:
    """Errors in a list of stations with coordinates, if there is one."""
    from digitize.services.station_places import read_places

    return [f"{path.name}: {finding}" for finding in read_places(path, state).findings] if path.is_file() else []


def _check_known(where: str, what: str, name: str, known: Collection[str]) -> None:
    from mappers.toml import did_you_mean

    if name and name not in known:
        raise typer.BadParameter(f"{where}: there is no {what} {name}{did_you_mean(name, known)}")


def _iso(day: str) -> str:
    from datetime import date

    try:
        return day and date.fromisoformat(day).isoformat()
    except ValueError:
        raise typer.BadParameter(f"--day: {day} is not a date (YYYY-MM-DD)") from None


def _rows(hit: MasterHit) -> Iterator[list[Any]]:
    more = [hit.by] * bool(hit.by and hit.by != hit.title) + [f"{k}: {v}" for k, v in hit.facts.items()]
    yield [hit.list, hit.code, hit.title, _days(hit) + _force(hit.in_force), _cut(", ".join(more)), f"{hit.score:.2f}"]
    for c in hit.counterparts:
        relation = "" if c.relation == "equivalent" else f" ({c.relation})"
        checked = _CHECKED.get(c.checked, c.checked)
        yield ["", f"= {c.act} {c.number}", c.title + relation, _days(c) + _force(c.in_force), checked, ""]


def _days(of: Any) -> str:
    return f"{of.valid_from}..{of.valid_to}" if of.valid_from or of.valid_to else ""


def _force(in_force: bool | None) -> str:
    return {None: "", True: " in force", False: " not in force"}[in_force]


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _plain(hit: MasterHit) -> dict[str, Any]:
    pairs = [
        {
            "code": f"{c.act} {c.number}", "title": c.title, "valid_from": c.valid_from, "valid_to": c.valid_to,
            "in_force": c.in_force, "relation": c.relation, "checked": c.checked,
        }
        for c in hit.counterparts
    ]  # fmt: skip
    return {
        "list": hit.list, "code": hit.code, "title": hit.title, "score": hit.score, "by": hit.by,
        "valid_from": hit.valid_from, "valid_to": hit.valid_to, "in_force": hit.in_force, "counterparts": pairs,
        "facts": dict(hit.facts),
    }  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(codes)
