"""Where the text of read pages goes: standard output, one file, or a folder with a document for each file read."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from unicodedata import normalize

from digitize.errors import DiskFull, InputError, OptionsError

if TYPE_CHECKING:
    from ocr.outputs import Output, OutputPage, Writer


class TextTarget:
    """Takes pages in order and writes them; a file appears under its name only when it is whole."""

    def __init__(self, form: str, files: Sequence[Path], out: Path | None) -> None:
        """Settle where pages go. Raises OptionsError where that cannot be."""
        from ocr.outputs import outputs

        self._output: Output = outputs()[form]
        self._out = out
        self._apart = _is_folder(out, several=self._output.document and len(files) > 1)
        self._originals = {file.resolve() for file in files}
        self._taken: set[str] = set()
        self._open: _Document | None = None
        self._at = -1
        if self._output.document and out is None:
            if len(files) > 1:
                raise OptionsError(f"--format {form} makes a document of each file. Give --out FOLDER.")
            if form == "pdf" and sys.stdout.isatty():
                raise OptionsError("--format pdf does not go to a terminal. Give --out FILE.")
        if out is not None and not self._apart:
            self._check(out)

    def __enter__(self) -> TextTarget:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Finish what is open; after an error leave no half file."""
        self.finish(keep=kind is None)

    def begin(self, file: Path, place: int) -> None:
        """Pages of this file follow. place: of it among the files, since one file may be given twice."""
        if self._apart and place != self._at:
            self.finish()
        self._at = place
        if self._open is None:
            self._open = _Document(self._output.writer(), self._place(file))

    def page(self, page: OutputPage) -> None:
        """Write one page. Raises ScanError when its picture is needed and cannot be opened."""
        assert self._open is not None
        self._open.write(page)

    def finish(self, *, keep: bool = True) -> None:
        """End the open document."""
        if self._open is not None:
            document, self._open = self._open, None
            document.close(keep=keep)

    def _place(self, file: Path) -> Path | None:
        """The file to write; of those whose names no file system tells apart, the later ones get a number."""
        if self._out is None or not self._apart:
            return self._out
        with _writing(self._out):
            self._out.mkdir(parents=True, exist_ok=True)
        stems = (file.stem, *(f"{file.stem}-{n}" for n in range(2, len(self._taken) + 2)))
        stem = next(s for s in stems if normalize("NFC", s).casefold() not in self._taken)
        self._taken.add(normalize("NFC", stem).casefold())
        target = self._out / f"{stem}{self._output.suffix}"
        self._check(target)
        return target

    def _check(self, target: Path) -> None:
        if target.resolve() in self._originals:
            raise OptionsError(f"--out: {target} is one of the files to be read, and originals are never changed.")
        if not target.parent.is_dir():
            raise InputError(f"{target}: there is no folder {target.parent}.")


class _Document:
    """One stream of bytes with its writer; begun with its first page, so that nothing read leaves nothing behind."""

    def __init__(self, writer: Writer, target: Path | None) -> None:
        self._writer, self._target = writer, target
        self._part = _part(target) if target else None
        self._stream: BinaryIO | None = None
        self._head = writer.start()

    def write(self, page: OutputPage) -> None:
        written = self._writer.page(page)  # before anything is opened: it may fail
        with _writing(self._target):
            if self._stream is None:
                self._stream = self._part.open("wb") if self._part else sys.stdout.buffer
                self._stream.write(self._head)
            self._stream.write(written)
            if self._part is None:
                self._stream.flush()

    def close(self, *, keep: bool) -> None:
        if self._stream is None:
            return
        with _writing(self._target):
            try:
                if keep:
                    self._stream.write(self._writer.end())
                    self._stream.flush()
                if self._part:
                    self._stream.close()
                if keep and self._part and self._target and self._part != self._target:
                    self._part.replace(self._target)
            finally:
                if self._part and self._part != self._target:
                    self._part.unlink(missing_ok=True)


def _part(target: Path) -> Path:
    """Where a file is written until it is whole; a device or pipe cannot be put in place, and is written itself."""
    return target if target.exists() and not target.is_file() else target.with_name(f"{target.name}.part")


@contextmanager
def _writing(target: Path | None) -> Iterator[None]:
    """Say what hinders writing. Raises DiskFull, InputError; a reader that has seen enough is no error of ours."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as e:
        place = target or "standard output"
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(f"{place}: no room left on the disk. Make room and run the same command again.") from e
        what = e.strerror or type(e).__name__
        raise InputError(f"{place}: cannot be written ({what}). Give --out another place, or mend its rights.") from e


def _is_folder(out: Path | None, *, several: bool) -> bool:
    return out is not None and (several or out.is_dir())
