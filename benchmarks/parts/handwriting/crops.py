"""The written zones of a page as the recogniser gets them: cut once by the package's forms, then kept."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.parts.handwriting.read import FIELDS, KINDS, MORE
from ocr.engine import LineImage
from ocr.forms.crops import cut_all
from ocr.forms.zones import Match, find_form, load_models
from ocr.page import Scan
from ocr.scans.scan import open_page

ROOT = Path(__file__).resolve().parents[3]
NO_PART = {"registers", "drafting", "outputs", "quality", "pages", "tesseract"}
"""Folders of ocr/ that take no part in reading a form's page."""
_KINDS = (".py", ".toml", ".npz", ".onnx")
CUTS = ("ocr/forms", "ocr/cleaning", "ocr/scans", "ocr/geometry")
DPI = 300
Lines = dict[str, tuple[LineImage, bool]]
"""Zone -> its crop, and whether no ink was found there."""


def lines_of(image: Path, cached: Path) -> Lines:
    """The zones of a page. cached: folder in which they are kept under the hash of the picture and of what cuts."""
    kept = cached / f"{sha256(image.read_bytes() + code_hash(CUTS).encode()).hexdigest()[:24]}.crops"
    if not kept.exists():
        grey = open_page(Scan(image, ""), DPI).grey
        write_whole(kept, pickle.dumps(cut_lines(grey, find_form(grey, load_models()))))
    found: Lines = pickle.loads(kept.read_bytes())
    return found


def cut_lines(grey: Any, match: Match | None, zones: Sequence[str] = (*FIELDS, *MORE)) -> Lines:
    """The zones of a page whose form was found; none of one that is no form."""
    if match is None or match.form is None:
        return {}
    crops = cut_all(grey, match.matrix, match.form, zones, bend=match.bend)
    return {c.zone.id: (c.handwriting(), c.blank) for c in crops if c.zone.id in KINDS}


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, also where two processes do so."""
    unfinished = path.with_suffix(f".{sha256(content).hexdigest()[:8]}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


@cache
def code_hash(folders: Sequence[str]) -> str:
    """Hash of all that reads in some folders of the package: code, forms, weights."""
    found = {p for folder in folders for p in (ROOT / folder).rglob("*") if p.suffix in _KINDS}
    paths = sorted(p for p in found if not NO_PART & set(p.parts))
    return sha256("".join(sha256(p.read_bytes()).hexdigest() for p in paths).encode()).hexdigest()[:16]
