"""What is measured of loading beside its speed: kills, references, reconciling, the quarantine, restoring, layouts."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Part = Callable[[argparse.Namespace, Any, Path], dict[str, Any]]
"""Given the options, the server and an empty place, the figures of a part."""


def _kills(a: argparse.Namespace, server: Any, place: Path) -> dict[str, Any]:
    from benchmarks.parts.load.kills import measure_kills
    from sample_data.makers.load_files import write_files

    write_files(place / "small", a.kill_rows, a.seed, 0.01)
    return dict(measure_kills(server, place / "small", a.kills, a.seed))


def _references(a: argparse.Namespace, server: Any, place: Path) -> dict[str, Any]:
    from benchmarks.parts.load.references import references

    return dict(references(2 if a.quick else 6))


def _reconcile(a: argparse.Namespace, server: Any, place: Path) -> dict[str, Any]:
    from benchmarks.parts.load.reconcile import measure_reconcile
    from sample_data.makers.load_files import write_files

    write_files(place / "altered", 10 * a.alterations, a.seed, 0.03)
    return dict(measure_reconcile(server, place / "altered", place, a.alterations, a.seed))


def _quarantine(a: argparse.Namespace, server: Any, place: Path) -> dict[str, Any]:
    from benchmarks.parts.load.quarantine import measure_quarantine

    return dict(measure_quarantine(*((2, 20) if a.quick else (40, 200)), a.seed))


def _restore(a: argparse.Namespace, server: Any, place: Path) -> dict[str, Any]:
    from benchmarks.parts.load.restore import measure_restore
    from sample_data.makers.load_files import write_files

    write_files(place / "dumped", 600, a.seed)
    return dict(measure_restore(server, place / "dumped"))


def _layout(a: argparse.Namespace, server: Any, place: Path) -> dict[str, Any]:
    from benchmarks.parts.load.layout import measure_layout

    return dict(measure_layout(server, *((60, 1) if a.quick else (min(a.kill_rows, 2000), min(a.kills, 5))), a.seed))


PARTS: Mapping[str, Part] = {
    "kills": _kills,
    "references": _references,
    "reconcile": _reconcile,
    "quarantine": _quarantine,
    "restore": _restore,
    "layout": _layout,
}
