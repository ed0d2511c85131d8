"""One register page: recognised with the context from the page before, then decided."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digitize.reading.job import PageJob
    from ocr.forms.settings import ReadSettings
    from ocr.page import Carried, Reading, Recognition
    from ocr.registers import RegisterSettings, VolumeReader
    from ocr.scans.scan import OpenedPage

_FIELDS = "fields"


def recognise_register(job: PageJob, page: OpenedPage) -> Recognition:
    """Recognise a page as a register's, given the context from the page before."""
    read = replace(job.settings, languages=_languages(job))
    reader = register_reader(job.register or "", read.languages, register_settings(read), read.form_folders)
    return as_register(reader, page, job.before)


def decide_register(job: PageJob, seen: Recognition) -> Reading:
    """The values of its cells."""
    from ocr.registers import decide_register, known_registers

    form = known_registers(job.settings.form_folders).find(seen.form)
    return decide_register(seen, form, _languages(job), job.lists.load_lists(""))


def _languages(job: PageJob) -> tuple[str, ...]:
    return job.settings.languages or ("en",)


def as_register(reader: VolumeReader, page: OpenedPage, before: Carried | None) -> Recognition:
    """A page as a register's.

    Without ruled columns or a known register it has no form and no rows, and hands on the context it received: letters
    and blank backs do not disturb a volume.
    """
    # The cells of a register that nobody knows need not be read: no record could be made of them.
    found = reader.recognise(page, before, only_known=True)
    if found.form is not None and (found.rows or not found.reason):
        return _drop_empty_first_row(found)
    return replace(found, form=None, zones=(), rows=(), carried=before)


def _drop_empty_first_row(found: Recognition) -> Recognition:
    """A page without an empty first row that would continue the page before."""
    top = found.rows[0].id if found.rows and found.rows[0].continues else ""
    own = [z for z in found.zones if top and z.zone.startswith(f"{top}.")]
    # Empty, it says nothing, and would still hang this page on the one before.
    if not top or not all(z.blank for z in own):
        return found
    return replace(found, rows=found.rows[1:], zones=tuple(z for z in found.zones if z not in own))


@lru_cache(maxsize=16)
def register_settings(read: ReadSettings) -> RegisterSettings:
    """Settings for reading register cells with these page settings.

    The handwriting engine is used if the page's first language is English; in other languages it reads numbers on pages
    with Latin digits, and a separate engine those in native digits.
    """
    from ocr.engines import load_engine
    from ocr.forms.settings import handwriting_engine
    from ocr.registers import RegisterSettings

    # Weights of an office's own were taught on forms.
    by_hand = handwriting_engine(replace(read, weights=()))
    if by_hand == "none" or not read.languages:
        return RegisterSettings(engine=read.engine, sections=read.sections)
    if read.languages[0] == "en":
        return RegisterSettings(engine=read.engine, handwriting_engine=by_hand, sections=read.sections)
    digits = read.digits_engine
    has_digits = digits != "none" and read.languages[0] in load_engine(digits).languages()
    return RegisterSettings(
        engine=read.engine,
        digits_engine=digits if has_digits else "none",
        latin_engine=by_hand if by_hand == _FIELDS else "none",
        words_engine="words" if by_hand == _FIELDS else "none",
        sections=read.sections,
    )


@lru_cache(maxsize=4)
def register_reader(
    register: str, languages: tuple[str, ...], settings: RegisterSettings, folders: tuple[Path, ...] = ()
) -> VolumeReader:
    """A register reader, cached across pages because engines start slowly.

    register: its id, "" to detect. folders: with additional registers.
    """
    from ocr.registers import VolumeReader, known_registers

    return VolumeReader(register or None, languages, settings=settings, registers=known_registers(folders))
