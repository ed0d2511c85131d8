"""Output of page texts: standard output, one file, or a folder with one document per input file."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from digitize.errors import InputError, OptionsError
from digitize.machine.whole_file import WholeFile, writing

if TYPE_CHECKING:
    from ocr.outputs import DocumentWriter, Output, OutputPage


class TextTarget:
    """Writes pages in order; a file appears under its name only when complete."""

    def __init__(self, form: str, files: Sequence[Path], out: Path | None) -> None:
        """Choose the output. Raises OptionsError if that is impossible."""
        from ocr.outputs import outputs

        self._output: Output = outputs()[form]
        self._out = out
        self._apart = _is_folder(out, several=self._output.document and len(files) > 1)
        # Not Path.resolve(), which fails at links in a circle.
        self._originals = {Path(os.path.realpath(file)) for file in files}
        self._taken: set[str] = set()
        self._open: tuple[WholeFile, DocumentWriter] | None = None
        self._at = -1
        if self._output.document and out is None:
            if len(files) > 1:
                raise OptionsError(f"--format {form} writes one document per file. Give --out FOLDER.")
            if form == "pdf" and sys.stdout.isatty():
                raise OptionsError("--format pdf cannot be written to a terminal. Give --out FILE.")
        if out is not None and not self._apart:
            self._check(out)

    def __enter__(self) -> TextTarget:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Finish open files; after an error leave no partial file."""
        self.finish(keep=kind is None)

    def begin(self, file: Path, place: int) -> None:
        """Start the pages of a file. place: its index, since a file may be given twice."""
        if self._apart and place != self._at:
            self.finish()
        self._at = place
        if self._open is None:
            writer = self._output.writer()
            self._open = WholeFile(self._place(file), writer.start()), writer

    def page(self, page: OutputPage) -> None:
        """Write one page. Raises ScanError if its image is needed and cannot be opened."""
        assert self._open is not None
        document, writer = self._open
        document.write(writer.page(page))  # the page first: it may fail, and then nothing is opened

    def finish(self, *, keep: bool = True) -> None:
        """End the open document."""
        if self._open is not None:
            (document, writer), self._open = self._open, None
            document.close(writer.end() if keep and document.is_begun else b"", keep=keep)

    def _place(self, file: Path) -> Path | None:
        """Output file; names that no file system tells apart get a number."""
        if self._out is None or not self._apart:
            return self._out
        with writing(self._out):
            self._out.mkdir(parents=True, exist_ok=True)
        stems = (file.stem, *(f"{file.stem}-{n}" for n in range(2, len(self._taken) + 2)))
        # Some file systems take capitals, or composed and decomposed letters, for the same name.
        stem = next(s for s in stems if normalize("NFC", s).casefold() not in self._taken)
        self._taken.add(normalize("NFC", stem).casefold())
        target = self._out / f"{stem}{self._output.suffix}"
        self._check(target)
        return target

    def _check(self, target: Path) -> None:
        if target.resolve() in self._originals:
            raise OptionsError(f"--out: {target} is one of the input files; originals are never changed.")
        if not target.parent.is_dir():
            raise InputError(f"{target}: there is no folder {target.parent}.")


def _is_folder(out: Path | None, *, several: bool) -> bool:
    return out is not None and (several or out.is_dir())
