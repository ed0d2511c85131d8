"""Recognitions and readings as JSON types, and back, so that a ledger can keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ocr.page import Around, Box, Candidate, Carried, Decided, Reading, Recognition, RowPlace, Word, ZoneReading


def recognition_to_plain(recognition: Recognition) -> dict[str, Any]:
    """A recognition as JSON types."""
    return asdict(recognition)


def recognition_from_plain(data: Mapping[str, Any]) -> Recognition:
    """The recognition that recognition_to_plain wrote."""
    zones = tuple(_zone(z) for z in data["zones"])
    # What earlier versions kept lacks some keys; those pages stay read.
    carried = carried_from_plain(data.get("carried"))
    return Recognition(
        **{
            **data,
            "zones": zones,
            "notes": tuple(data["notes"]),
            "rows": _rows(data),
            "carried": carried,
            "around": tuple(Around(**{**a, "box": Box(*a["box"])}) for a in data.get("around", ())),
        }
    )


def reading_to_plain(reading: Reading) -> dict[str, Any]:
    """A reading as JSON types."""
    return asdict(reading)


def reading_from_plain(data: Mapping[str, Any]) -> Reading:
    """The reading that reading_to_plain wrote."""
    return Reading(**{**data, "zones": {k: _make_decided(v) for k, v in data["zones"].items()}, "rows": _rows(data)})


def carried_from_plain(data: Mapping[str, Any] | None) -> Carried | None:
    """What a register's page handed on, from JSON types; None where it was not one."""
    if data is None:
        return None
    shares = tuple(tuple(edges) for edges in data["shares"])
    return Carried(data["form"], tuple(data["columns"]), shares, data["last"], data.get("width", 0.0))


def _rows(data: Mapping[str, Any]) -> tuple[RowPlace, ...]:
    """Rows of a page; of a page kept before registers were, none."""
    return tuple(
        RowPlace(**{**r, "boxes": tuple(Box(*b) for b in r["boxes"]), "notes": tuple(r["notes"])})
        for r in data.get("rows", ())
    )


def _zone(z: Mapping[str, Any]) -> ZoneReading:
    words = tuple(Word(w["text"], w["confidence"], Box(*w["box"])) for w in z["words"])
    # As above: pages of earlier versions have neither.
    more = {name: tuple(z.get(name, ())) for name in ("matrices", "marks")}
    return ZoneReading(**{**z, "box": Box(*z["box"]), "candidates": _candidates(z), "words": words, **more})


def _make_decided(d: Mapping[str, Any]) -> Decided:
    return Decided(**{**d, "box": Box(*d["box"]), "candidates": _candidates(d), "notes": tuple(d["notes"])})


def _candidates(d: Mapping[str, Any]) -> tuple[Candidate, ...]:
    return tuple(Candidate(**c) for c in d["candidates"])
