"""Every figure as CSV and JSON, with definition, numerator and denominator; the counts of every place beside them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from digitize.errors import InputError
from digitize.machine.csv_cells import safe
from digitize.offices.exchange_dates import list_exchange_days
from digitize.offices.figures import Figure, list_figures
from digitize.offices.measures import CELLS, MEASURES, STAGES
from digitize.offices.picture import NationalPicture
from digitize.offices.quality_sheet import list_quality
from digitize.offices.rollup import ReportedPlace
from digitize.offices.service_sheet import list_services
from digitize.offices.shape import DEFINITIONS, Link
from digitize.offices.shape_quality import NotMeasured, Share
from digitize.offices.states import shown_states
from digitize.offices.words import Words

_LEVELS = ("nation", "state", "site", "district", "station")
_PLACE = ("level", "state", "district", "station", "code")
_COVERAGE = (
    "in_scope",
    "inventoried",
    *(f"begun_{s}" for s in STAGES),
    *(f"complete_{s}" for s in STAGES),
    "certified",
)
_STATION_COLUMNS = [f"stations_{name}" for name in _COVERAGE]
_LINK_COLUMNS = ["code", "state", "direction", "pillar", "done", "since", "last_exchange"]
_NO_LINK = Link(done=False)
_LINKS = ("forward_", "backward_")
_SERVICE_COLUMNS = ["level", "code", "state", "pillar", "service", "form", "findable_at_least", "of_told", "told_by"]
_QUALITY_COLUMNS = [
    "level", "code", "state", "form", "audited_wrong", "audited", "right_low", "right_high", "keyed_twice_differing",
    "keyed_twice", "validated", "by_people", "by_machine", "from_tables", "open_flags",
]  # fmt: skip


# Of these an inventory tells, and no stage of the work.
_OF_LISTS = ("stations_inventoried", "stations_certified")


def definition_of(name: str, words: Words) -> str:
    """What a figure means."""
    if name in _OF_LISTS:
        return words(f"define.{name}")
    if name.startswith("stations_"):
        return words("define.stations")
    return words("define.links") if name.startswith(_LINKS) else words(f"define.{name}")


def walk_places(place: ReportedPlace, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], ReportedPlace]]:
    """Every place with the names of state, district and station on the way to it."""
    name = shown_states()[place.code].names["en"] if place.level == "site" else place.name
    own = above if place.level == "nation" else (*above, name)
    yield own, place
    for part in place.parts:
        yield from walk_places(part, own)


def figure_rows(picture: NationalPicture, words: Words) -> Iterator[list[Any]]:
    """One row a figure and place."""
    for names, place in walk_places(picture.root):
        for f in list_figures(place):
            yield [*_place_cells(names, place), *_figure_cells(f, words)]


def _place_cells(names: Sequence[str], place: ReportedPlace) -> list[str]:
    return [place.level, *(*names, "", "", "")[:3], place.code]


def _figure_cells(f: Figure, words: Words) -> list[Any]:
    # Empty, not 0, where there is nothing to divide by; rounded down as on pages, so that 1 is said of the whole alone.
    value = f.part * 10**6 // f.whole / 10**6 if f.part is not None and f.whole else None
    return [f.name, f.part, f.whole, value, f.why, definition_of(f.name, words)]


def count_rows(picture: NationalPicture) -> Iterator[list[Any]]:
    """One row a place: its net counts; empty cells, never 0, where nobody reported or counted."""
    for names, place in walk_places(picture.root):
        counts = place.net.as_plain() if place.net else dict.fromkeys(MEASURES)
        doubled = place.doubled if place.net else None
        as_on = place.report.snapshot.as_on.isoformat() if place.report else ""
        yield [*_place_cells(names, place), *counts.values(), *_coverage_cells(place), place.idle, as_on, doubled]


def _coverage_cells(place: ReportedPlace) -> list[int | None]:
    c = place.coverage
    return [None] * len(_COVERAGE) if c is None else [c.in_scope, c.inventoried, *c.begun, *c.complete, c.certified]


def breakdown_rows(picture: NationalPicture) -> Iterator[list[Any]]:
    """One row a place, breakdown and key, down to districts."""
    for names, place in walk_places(picture.root):
        for kind, by in place.by.items():
            for key, cells in by.items():
                yield [*_place_cells(names, place), kind, key, *cells]


def integration_rows(picture: NationalPicture) -> Iterator[list[Any]]:
    """One row a state, direction and pillar."""
    for place in picture.root.parts if picture.root.level == "nation" else [picture.root]:
        told = place.report.snapshot if place.report else None
        for way, days in list_exchange_days(told).items():
            links = getattr(told.statement, way) if told and told.statement else {}
            for pillar in [*links, *(p for p in days if p not in links)]:
                link = links.get(pillar, _NO_LINK)
                done = link.done if pillar in links else None
                yield [place.code, place.name, way, pillar, done, link.since, days.get(pillar)]


def service_rows(picture: NationalPicture) -> Iterator[list[Any]]:
    """One row a reporter, or the nation, and service; empty cells where nobody tells, or of fewer than fifty."""
    root = picture.root
    for place in (root, *(root.parts if root.level == "nation" else ())):
        for x in list_services(place):
            s = x.service
            count, of = (x.count, x.of) if x.of else (None, None)
            yield [place.level, place.code, place.name, s.pillar, s.name, s.form, count, of, x.said]


def quality_rows(picture: NationalPicture) -> Iterator[list[Any]]:
    """One row a reporter, or the nation, and form of its records ("" for all); empty where nobody measured."""
    for x in list_quality(picture.root, picture.raised):
        low, high = (round(n, 6) for n in x.interval) if x.interval else (None, None)
        yield [
            x.place.level,
            x.place.code,
            x.place.name,
            x.form,
            *_share_cells(x.audited),
            low,
            high,
            *_share_cells(x.double_keyed),
            x.validated,
            x.by_people,
            x.by_machine,
            x.from_tables,
            x.flags,
        ]


def _share_cells(share: Share | NotMeasured) -> tuple[int | None, int | None]:
    return (share.part, share.of) if isinstance(share, Share) else (None, None)


def make_tables(picture: NationalPicture, words: Words) -> dict[str, tuple[list[str], Iterable[list[Any]]]]:
    """Name of a file -> its header and rows."""
    figure = ["figure", "numerator", "denominator", "value", "why_not", "definition"]
    return {
        "figures": ([*_PLACE, *figure], figure_rows(picture, words)),
        "counts": ([*_PLACE, *MEASURES, *_STATION_COLUMNS, "days_idle", "as_on", "counted_twice"], count_rows(picture)),
        "breakdowns": ([*_PLACE, "by", "key", *CELLS], breakdown_rows(picture)),
        "integration": (_LINK_COLUMNS, integration_rows(picture)),
        "services": (_SERVICE_COLUMNS, service_rows(picture)),
        "quality": (_QUALITY_COLUMNS, quality_rows(picture)),
        "history": (["month_end", "reporting", *MEASURES],
                    ([p.day, p.members, *p.counts.as_plain().values()] for p in picture.points)),
        "exceptions": (
            ["what", "where", "text", "count"],
            ([o.code, o.where, o.text, o.count] for o in picture.oddities),
        ),
    }  # fmt: skip


def write_csv(picture: NationalPicture, folder: Path, words: Words) -> list[Path]:
    """One CSV file a table. Raises InputError when the folder cannot be written."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, (header, rows) in make_tables(picture, words).items():
            path = folder / f"{name}.csv"
            # The mark has spreadsheets read it as UTF-8; newline="", for csv has ended the lines itself.
            path.write_text(format_csv(header, rows), encoding="utf-8-sig", newline="")
            written.append(path)
    except OSError as e:
        raise InputError(f"{folder}: cannot be written ({e.strerror or type(e).__name__}).") from e
    return written


def format_csv(header: Sequence[str], rows: Iterable[list[Any]]) -> str:
    """A table as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def as_plain(picture: NationalPicture, words: Words, down_to: str = "station") -> dict[str, Any]:
    """The whole picture as JSON types; what figures mean is said once. down_to: the lowest level of places."""
    # Levels stand from the top down.
    left_out = _LEVELS[_LEVELS.index(down_to) + 1 :]
    made: dict[str, Any] = {
        "as_on": picture.day.isoformat(),
        "level": picture.root.level,
        "definitions_version": DEFINITIONS,
        "definitions": {},
        "history_hash": picture.mark,
        "published": picture.published.model_dump(mode="json") if picture.published else None,
        "projection": {
            "first": _format_iso_day(picture.projection.first),
            "last": _format_iso_day(picture.projection.last),
            "why_not": picture.projection.why,
            "paces": [list(p) for p in picture.projection.paces],
            "without": [list(p) for p in picture.projection.without],
        },
        "ends": {
            code: {
                "first": _format_iso_day(e.first),
                "last": _format_iso_day(e.last),
                "why_not": e.why,
                "paces": [list(p) for p in e.paces],
            }
            for code, e in picture.ends.items()
        },
    }
    for name, (header, rows) in make_tables(picture, words).items():
        kept = (r for r in rows if r[0] not in left_out)
        made[name] = [dict(zip(header, map(_to_plain, row), strict=True)) for row in kept]
    for row in made["figures"]:
        # Said once: it is the same at every place.
        made["definitions"][row["figure"]] = row.pop("definition")
    return made


def _format_iso_day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _to_plain(cell: Any) -> Any:
    return cell.isoformat() if hasattr(cell, "isoformat") else cell
