"""Hashes in the ledger of all files that control a run: lists, forms, mappings, policies and thresholds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.verifying import Change
from digitize.workspace.place import Place

_STEP = "settings"
_NEWEST = "SELECT detail FROM events WHERE step = 'settings' ORDER BY seq DESC LIMIT 1"
_FOLDERS = ("lists", "forms", "mappings", "encodings", "policy")
_FILES = ("digitize.toml", "calibration.toml")


def record_settings(ledger: Ledger, place: Place) -> list[str]:
    """Record the current files. Returns the names of those that differ from the last run's."""
    here = _hash_files(place)
    if _read_noted(ledger) == here:
        return []
    with ledger.writing():
        # Asked again: another run may have noted the same meanwhile.
        if (before := _read_noted(ledger)) == here:
            return []
        ledger.record_event(place.options.workspace.site_id, _STEP, "note", detail=dict(here))
    return _find_differing(before, here) if before else []


def settings_changes(ledger: Ledger, place: Place) -> Iterator[Change]:
    """Files changed since the last run read them."""
    before = _read_noted(ledger)
    for name in _find_differing(before, _hash_files(place)) if before else ():
        # People set the options themselves; what decides whether a value passes may not change by the way.
        mend = "if this was intended, the next run uses it and says so; if not, restore the old file"
        yield Change(name, "differs from the last run", mend, is_remark=name == "digitize.toml")


def newer_settings(ledger: Ledger, seq: int) -> Mapping[str, str]:
    """File -> hash, as recorded by runs after that event; empty if none."""
    rows = ledger.rows(_NEWEST.replace("SELECT", "SELECT seq,"))
    found: Mapping[str, str] = json.loads(rows[0]["detail"]) if rows and rows[0]["seq"] > seq else {}
    return found


def _read_noted(ledger: Ledger) -> Mapping[str, str]:
    rows = ledger.rows(_NEWEST)
    found: Mapping[str, str] = json.loads(rows[0]["detail"]) if rows else {}
    return found


def _hash_files(place: Place) -> dict[str, str]:
    paths = [place.folder / name for name in _FILES]
    paths += [p for name in _FOLDERS for p in sorted((place.folder / name).glob("**/*"))]
    return {
        p.relative_to(place.folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths if p.is_file()
    }


def _find_differing(before: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    return sorted(name for name in before.keys() | here.keys() if before.get(name) != here.get(name))
