"""The counts of all places as the page's own script takes them: short rows, so that 17,712 stations fit in the file."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from digitize.machine.exit_texts import in_json
from digitize.offices.exporting import definition_of
from digitize.offices.figures import list_figures, load_shares
from digitize.offices.measures import MEASURES, OF_STATION
from digitize.offices.picture import NationalPicture
from digitize.offices.rollup import ReportedPlace
from digitize.offices.series import pack_differences
from digitize.offices.words import Words


def make_page_data(picture: NationalPicture, words: Words, name: str, told: dict[str, list[str]]) -> dict[str, Any]:
    """What the script needs. name: of the place, as it is shown; told: code of a state -> its name, sentences on it.

    states: code, name, counts or null, day; districts: index of the state, name, counts, stations in scope, loaded,
    records loaded at each of the days as `pack_differences` says;
    stations: index of the district, name, code, counts, days without work, whether certified.
    """
    root = picture.root
    states, districts, stations = [], [], []
    for s, state in enumerate(root.parts if root.level == "nation" else [root]):
        as_on = state.report.snapshot.as_on.isoformat() if state.report else None
        states.append([state.code, state.name, _list_counts(state), as_on])
        for district in state.parts:
            c = district.coverage
            past = pack_differences(picture.series.loaded.get((state.code, district.name), ()))
            districts.append(
                [s, district.name, _list_counts(district), c.in_scope if c else 0, c.begun[-1] if c else 0, past]
            )
            stations += [_make_station_row(len(districts) - 1, x) for x in district.parts]
    return {
        "level": root.level, "root": name, "told": told, "as_on": picture.day.isoformat(),
        "days": [d.isoformat() for d in picture.series.days], "measures": list(MEASURES),
        "of_station": list(OF_STATION), "labels": {m: words(f"measure.{m}") for m in MEASURES},
        "states": states, "districts": districts, "stations": stations,
        "shares": {n: [p, w, words(f"figure.{n}"), definition_of(n, words)] for n, (p, w) in load_shares().items()},
        "figures": _list_other_figures(picture, words),
        "words": {k.partition(".")[2]: v for k, v in words.by_slug.items() if k.startswith("ui.")},
        "why": {k.partition(".")[2]: v for k, v in words.by_slug.items() if k.startswith("why.")},
    }  # fmt: skip


def _list_counts(place: ReportedPlace) -> list[int | None] | None:
    # In the order of MEASURES, whose names the script is told once.
    return list(place.net.as_plain().values()) if place.net else None


def _make_station_row(district: int, place: ReportedPlace) -> list[Any]:
    counts = place.counts.as_plain() if place.counts else {}
    return [district, place.name, place.code, *(counts[m] for m in OF_STATION), place.idle, int(place.is_certified)]


def _list_other_figures(picture: NationalPicture, words: Words) -> list[list[Any]]:
    """The figures that are no shares of the counts of places here: level, place, name, label, part, whole, why not,
    definition. The nation is no such place: of it all.
    """
    root = picture.root
    places = [root, *(root.parts if root.level == "nation" else [])]
    return [
        [p.level, p.name, f.name, words(f"figure.{f.name}"), f.part, f.whole, f.why, definition_of(f.name, words)]
        for p in places
        for f in list_figures(p)
        if p.level == "nation" or f.name not in load_shares()
    ]


def as_script(data: dict[str, Any]) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # No "<" can begin "</script>"; two line ends are such in JavaScript and not in JSON: in_json writes them as codes.
    return Markup(in_json(text).replace("<", "\\u003c"))
