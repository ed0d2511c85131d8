"""Reports of a check, one file per format; found by scanning this folder, so a new format is one new file."""

from __future__ import annotations

import codecs
import importlib
import io
import pkgutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO, cast

from digitize.errors import OptionsError
from digitize.machine.whole_file import WholeFile, require_writable

if TYPE_CHECKING:
    from digitize.files.validating.report import CheckReport

_MACHINERY = ("samples", "source_rows", "sheets")
# Findings come line by line; a report of millions is not written in as many small pieces.
_HELD = 1 << 16


class ReportWriter(Protocol):
    """A module of this folder. ENCODING: of the output file; "" for a binary format."""

    ENCODING: str

    def write(self, report: CheckReport, out: TextIO) -> str:
        """Write the report and return what it leaves out, in words, "" for nothing.

        Rejections are left out last. A binary format writes bytes to `out.buffer`.
        """


@cache
def formats() -> tuple[str, ...]:
    """Names of the formats."""
    names = (m.name.removeprefix("as_") for m in pkgutil.iter_modules(__path__))
    return tuple(sorted(n for n in names if n not in _MACHINERY))


def load_writer(name: str) -> ReportWriter:
    """Writer of a format. Raises OptionsError for an unknown one."""
    if name not in formats():
        raise OptionsError(f"there is no format {name}; known: table, {', '.join(formats())}")
    writer: ReportWriter = importlib.import_module(f"{__name__}.as_{name}")
    return writer


def require_place(writer: ReportWriter, target: Path | None) -> None:
    """Raise OptionsError, OutputError or DiskFull, before the work, when no report can be written there."""
    if target is None and not writer.ENCODING:
        raise OptionsError("a workbook needs a file: name it with --out, e.g. report.xlsx.")
    require_writable(target)


def write_report(report: CheckReport, writer: ReportWriter, target: Path | None) -> str:
    """Write a report atomically to a file, or to standard output (None). Returns what it leaves out, in words."""
    require_place(writer, target)
    file = WholeFile(target)
    # Only a file gets the mark of the byte order: on standard output it would stand in another program's way.
    text = _Text(file, (writer.ENCODING if target else "") or "utf-8")
    try:
        left = writer.write(report, cast(TextIO, text))
        text.flush()
        file.close()
    except BaseException:
        file.close(keep=False)
        raise
    return left


class _Text(io.TextIOBase):
    """Text on its way to a file."""

    def __init__(self, file: WholeFile, encoding: str) -> None:
        # Half characters out of a damaged file must not end the report.
        self.buffer, self._encode = file, codecs.getincrementalencoder(encoding)(errors="replace")
        self._held: list[str] = []
        self._length = 0

    def write(self, text: str) -> int:
        """Take text."""
        self._held.append(text)
        self._length += len(text)
        if self._length > _HELD:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Flush the buffer."""
        if self._held:
            self.buffer.write(self._encode.encode("".join(self._held)))
        self._held, self._length = [], 0
