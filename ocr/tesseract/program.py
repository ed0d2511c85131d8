"""Tesseract as a program of its own, by pytesseract: slower, works wherever it is installed, and can be killed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ocr.engine import Image
from ocr.errors import EngineFailed, EngineMissing
from ocr.scans.time_limit import TimeLimit
from ocr.tesseract.ask import VARIABLES, CallSettings, SeenWord, parse_tsv
from ocr.tesseract.folders import find_model


class Program:
    """The runner: one call of the program reads all pictures that are to be read alike."""

    def version(self) -> str:
        """Of the installed program. Raises EngineMissing."""
        return _version()

    def run(self, how: CallSettings, images: Sequence[Image], limit: TimeLimit | None) -> list[list[SeenWord]]:
        """The words of each picture. Raises EngineMissing, EngineFailed when it breaks or is out of time."""
        with TemporaryDirectory(prefix="digitize-ocr-") as folder:
            tsv = _call(str(_write_all(Path(folder), images)), how, limit)
        pages = parse_tsv(tsv)
        if len(pages) != len(images):
            raise EngineFailed(f"Tesseract answered for {len(pages)} of {len(images)} crops")
        return pages


@cache
def _version() -> str:
    import pytesseract  # brings pandas, which takes a second

    try:
        return str(pytesseract.get_tesseract_version())
    # pytesseract wants to end the process where it cannot understand the version.
    except (pytesseract.TesseractNotFoundError, SystemExit) as e:
        raise _not_installed() from e


def _not_installed() -> EngineMissing:
    return EngineMissing("Tesseract is not installed. Install the package tesseract-ocr, or run digitize doctor.")


def _write_all(folder: Path, images: Sequence[Image]) -> Path:
    import cv2

    names = []
    for number, image in enumerate(images):
        path = folder / f"{number:05d}.png"
        # Read once and deleted: quick counts, not small.
        _, data = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        path.write_bytes(data.tobytes())
        names.append(str(path))
    listed = folder / "crops.txt"
    listed.write_text("\n".join(names) + "\n", encoding="utf-8")
    return listed


def _call(listed: str, how: CallSettings, limit: TimeLimit | None) -> str:
    import pytesseract

    # One page a core: Tesseract's own threads cost more than they bring. It is read by the program we start.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    config = f"--psm {how.psm} --oem 1 --dpi 300{_folder(how)}"
    config += "".join(f" -c {name}={value}" for name, value in VARIABLES.items())
    if how.letters:
        config += f" -c tessedit_char_whitelist={how.letters}"
    try:
        return _answer(listed, "+".join(how.models), config, limit)
    except pytesseract.TesseractNotFoundError as e:
        raise _not_installed() from e
    except pytesseract.TesseractError as e:
        raise EngineFailed(f"Tesseract ended with code {e.status}. Run digitize doctor.") from e


def _answer(listed: str, models: str, config: str, limit: TimeLimit | None) -> str:
    """What the program says. Killed by the clock while the page has processor time left, it is started again."""
    import pytesseract

    while True:
        if limit is not None:
            limit.raise_if_over()
        timeout_s = limit.by_clock_s() if limit is not None else 0
        try:
            return str(pytesseract.image_to_data(listed, lang=models, config=config, timeout=timeout_s))
        # It is a RuntimeError, too, and not one of time.
        except pytesseract.TesseractError:
            raise
        except RuntimeError as e:  # what pytesseract raises after it has killed the program for its time
            if limit is None or "timeout" not in str(e):
                raise EngineFailed(f"Tesseract was stopped ({type(e).__name__})") from e


def _folder(how: CallSettings) -> str:
    path = find_model(how.models[0])
    # pytesseract splits options as a shell does: a backslash of Windows would be lost.
    return f' --tessdata-dir "{path.parent.as_posix()}"' if path else ""
