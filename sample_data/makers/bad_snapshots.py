"""Twelve kinds of bad snapshot, each made from a good one: the kind -> its file, and the codes that are right."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sample_data.makers.national import Invented, seal_plain

KINDS = (
    "tampered count", "re-signed by another state", "replayed old", "truncated", "wrong schema version",
    "negative counts", "duplicate state", "huge numbers", "script in a station name", "another state's key",
    "clock in the future", "empty",
)  # fmt: skip
RIGHT = {
    "tampered count": {"bad-signature"},
    "re-signed by another state": {"another-key"},
    "replayed old": {"replayed", "older-than-newest"},
    "truncated": {"truncated"},
    "wrong schema version": {"wrong-version"},
    "negative counts": {"negative-count"},
    "duplicate state": {"second-of-a-day"},
    "huge numbers": {"too-large-count"},
    "script in a station name": {"unsafe-name"},
    "another state's key": {"bad-signature"},
    "clock in the future": {"from-the-future"},
    "empty": {"empty"},
}


def write_bad(
    folder: Path, good: dict[str, Any], old: bytes, state: Invented, other: Invented, today: date
) -> dict[str, Path]:
    """Write all kinds. good: the newest snapshot of a state, with stations; old: a file of it taken long before."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {kind: folder / f"{kind.replace(' ', '-')}.snapshot" for kind in KINDS}
    whole = seal_plain(good, state.key)
    tampered = whole.replace(b'"records":', b'"records":1', 1)
    contents = {
        "tampered count": tampered,
        "re-signed by another state": seal_plain(good, other.key),
        "replayed old": old,
        "truncated": whole[: len(whole) // 2],
        "wrong schema version": seal_plain({**good, "version": 2}, state.key),
        "negative counts": seal_plain(_with_total(good, -5), state.key),
        "duplicate state": seal_plain({**good, "software": "invented 2"}, state.key),
        "huge numbers": seal_plain(_with_total(good, 10**30), state.key),
        "script in a station name": seal_plain(_named(good, "<script>alert(1)</script>"), state.key),
        "another state's key": seal_plain(good, state.key, public=other.public),
        "clock in the future": seal_plain(_dated(good, today + timedelta(days=400)), state.key),
        "empty": b"",
    }
    for kind, data in contents.items():
        files[kind].write_bytes(data)
    return files


def _with_total(good: dict[str, Any], n: int) -> dict[str, Any]:
    return {**good, "totals": {**good["totals"], "pages": n}}


def _named(good: dict[str, Any], name: str) -> dict[str, Any]:
    bad = copy.deepcopy(good)
    bad["stations"][0][0] = name
    return bad


def _dated(good: dict[str, Any], day: date) -> dict[str, Any]:
    return {**good, "as_on": day.isoformat(), "made_at": f"{day}T12:00:00Z"}
