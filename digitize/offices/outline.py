"""The outline of the states as SVG paths: the shipped one, or the office's own file, which may be any GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from math import cos, radians
from pathlib import Path
from typing import Any

from digitize.errors import OptionsError
from digitize.offices.states import code_of_map

_WIDTH = 700.0
_MIDDLE_LAT = 23.0
OWN = "map.geojson"


@dataclass(frozen=True, slots=True)
class StateShape:
    """One state on the map. path: SVG path data; x, y: where its sign stands."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Outline:
    """All shapes and the size of their picture. own: name of the office's own file, "" for the shipped outline."""

    shapes: tuple[StateShape, ...]
    width: float
    height: float
    own: str = ""


def load_outline(folder: Path | None = None) -> Outline:
    """The outline. folder: an office's, whose map.geojson is taken when it is there. Raises OptionsError."""
    own = folder / OWN if folder is not None and (folder / OWN).is_file() else None
    shipped = resources.files("digitize.offices") / "map" / "india_states.geojson"
    try:
        data = json.loads((own or shipped).read_text(encoding="utf-8"))
        return _draw_outline(data["features"], OWN if own else "")
    except (ValueError, KeyError, TypeError, IndexError) as e:
        raise OptionsError(f"{own}: not a GeoJSON file of states with ids such as IN-MH ({type(e).__name__})") from e


def load_state_rings(state: str) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The shipped outline of a state as rings of (longitude, latitude) in degrees, () where it is not known.

    Good to some kilometres: it is drawn for a picture (map/SOURCES.md).
    """
    text = (resources.files("digitize.offices") / "map" / "india_states.geojson").read_text(encoding="utf-8")
    found = (f for f in json.loads(text)["features"] if code_of_map(str(f["id"])) == state)
    return tuple(tuple((x, y) for x, y, *_ in ring) for f in found for ring in _each_ring(f["geometry"]))


def _draw_outline(features: Sequence[dict[str, Any]], own: str) -> Outline:
    rings = {f["id"]: list(_each_ring(f["geometry"])) for f in features if code_of_map(str(f["id"]))}
    points = [p for parts in rings.values() for ring in parts for p in ring]
    if not points:
        raise ValueError("no state")
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    # A degree of longitude is shorter than one of latitude by the cosine: without it India would look too wide.
    scale = _WIDTH / ((east - west) * cos(radians(_MIDDLE_LAT)))

    def place(point: Sequence[float]) -> tuple[float, float]:
        x = (point[0] - west) * cos(radians(_MIDDLE_LAT)) * scale
        return round(x, 1), round((north - point[1]) * scale, 1)

    shapes = []
    for f in features:
        if f["id"] in rings:
            path = "".join(_make_path([place(p) for p in ring]) for ring in rings[f["id"]])
            shapes.append(StateShape(code_of_map(str(f["id"])), path, *place(_find_label(f, rings[f["id"]]))))
    return Outline(tuple(shapes), _WIDTH, round((north - south) * scale, 1), own)


def _each_ring(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    # A MultiPolygon is a list of what a Polygon holds.
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield from polygon


def _make_path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"


def _find_label(feature: dict[str, Any], rings: Sequence[Sequence[Sequence[float]]]) -> Sequence[float]:
    """Where the file says, else the middle of the largest ring's box."""
    p = feature.get("properties") or {}
    if "label_lon" in p and "label_lat" in p:
        return float(p["label_lon"]), float(p["label_lat"])
    ring = max(rings, key=len)
    xs, ys = [q[0] for q in ring], [q[1] for q in ring]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
