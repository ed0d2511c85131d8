"""Which pages the pictures of scans show, found in workers before a page has a number or an id.

It is settled when a scan is taken in, not when it is read: a number is given once, so halves that were told apart only
behind the reading would stand at the end of their volume, out of the order in which rows go on from page to page and
forms of several parts lie. What is found is an index for each page (`ocr.scans.parts`), written with all others of its
delivery in one transaction: a delivery that is cut off and taken in again finds the same, and the original stays one
file. A look takes 0.05 s of an upright page, 0.3 s of a wide one, 2 to 5 s where heads of registers must be read. What
cannot be opened, or breaks its worker, stays whole: reading it says why.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.errors import fault

if TYPE_CHECKING:
    from ocr.engine import Image
    from ocr.forms.zones import FormModels
    from ocr.registers.look import Ask

log = logging.getLogger(__name__)

AUTO, YES, NO = "auto", "yes", "no"
"""Whether scans show several pages: find out, cut all in which a gutter is seen, cut none."""
_DPI = 150
"""At which a PDF page is drawn: two A4 pages have 2480 pixels then."""
LIMIT_S = 60.0
"""Processor time of one picture."""


@dataclass(frozen=True, slots=True)
class SpreadLook:
    """How pictures are looked at. asked: AUTO, YES or NO. languages: of heads, best first.

    folders: with forms and registers beside the package's. forms: those alone, all where none is named. register: its
    id, "" to find out.
    """

    asked: str = AUTO
    languages: tuple[str, ...] = ("en",)
    folders: tuple[Path, ...] = ()
    forms: tuple[str, ...] = ()
    register: str = ""
    engine: str = "tesseract"


@dataclass(frozen=True, slots=True)
class PictureJob:
    """One picture of a file. order: its place among the jobs."""

    order: int
    path: Path
    picture: int
    look: SpreadLook


def leave_whole(job: PictureJob) -> tuple[int, ...]:
    """What is told of a picture that breaks its worker."""
    return (job.picture,)


def find_places(job: PictureJob) -> tuple[int, ...]:
    """The indices of a picture's pages in reading order, one where it is one page; runs in a worker.

    Raises FormError for a wrong form file.
    """
    from ocr.errors import FormError, ScanError
    from ocr.page import Scan
    from ocr.registers.spread import cut_at_gutter
    from ocr.scans.parts import MOST_PICTURES, cut_picture
    from ocr.scans.scan import open_page

    if job.look.asked == NO or job.picture >= MOST_PICTURES:
        return (job.picture,)
    try:
        grey = open_page(Scan(job.path, "", job.picture), _DPI).grey
        found = cut_at_gutter(grey) if job.look.asked == YES else _find_pages(grey, job.look)
    except FormError:
        raise
    except (ScanError, OSError, MemoryError):
        return (job.picture,)
    except Exception as e:  # a fault of ours on one picture must not stop a delivery: reading the whole of it goes on
        log.warning("%s", fault(f"picture {job.picture + 1} of a scan", e))
        return (job.picture,)
    return cut_picture(job.picture, found) if found else (job.picture,)


def _find_pages(grey: Image, look: SpreadLook) -> tuple[tuple[float, float], ...]:
    from ocr.errors import EngineMissing
    from ocr.registers.spread import find_pages

    try:
        return find_pages(grey, _models(look), _ask(look))
    except EngineMissing:
        # Forms are known without it; registers are not read on this machine anyway.
        return find_pages(grey, _models(look))


@lru_cache(maxsize=4)
def _models(look: SpreadLook) -> FormModels:
    from ocr.forms.zones import load_models

    return load_models(look.folders).select(look.forms)


@lru_cache(maxsize=4)
def _ask(look: SpreadLook) -> Ask | None:
    from ocr.engines import load_engine
    from ocr.registers import known_registers
    from ocr.registers.look import Ask
    from ocr.registers.volume import print_reader

    if look.forms:
        return None
    known, engine = known_registers(look.folders), load_engine(look.engine)
    return Ask(known.find(look.register), look.languages, print_reader(engine), known, engine)
