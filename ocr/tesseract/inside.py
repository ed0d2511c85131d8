"""Tesseract in this process, by tesserocr: models are loaded once, and no picture goes through a file."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from ocr.engine import Image
from ocr.errors import EngineFailed, EngineMissing
from ocr.scans.time_limit import TimeLimit
from ocr.tesseract.ask import VARIABLES, CallSettings, SeenWord, parse_tsv
from ocr.tesseract.folders import find_model
from ocr.tesseract.models import check_whole, how_to_mend

_MOST_LOADED = 5
"""Models kept in memory: 15 to 40 MB each once they have read."""
# Said for every crop: else Tesseract guesses a resolution from each.
_DPI = 300


class Inside:
    """The runner. Not to be shared between threads."""

    def __init__(self) -> None:
        self._loaded: OrderedDict[tuple[str, ...], Any] = OrderedDict()

    def version(self) -> str:
        """Of the library inside tesserocr's wheel."""
        import tesserocr

        return str(tesserocr.tesseract_version().split()[1])

    def run(self, how: CallSettings, images: Sequence[Image], limit: TimeLimit | None) -> list[list[SeenWord]]:
        """The words of each picture. Raises EngineMissing for a model that is not there, EngineFailed out of time."""
        api = self._api(how.models)
        api.SetPageSegMode(how.psm)
        api.SetVariable("tessedit_char_whitelist", how.letters)
        try:
            return [_read(api, image, limit) for image in images]
        finally:
            api.Clear()

    def _api(self, models: tuple[str, ...]) -> Any:
        # By folder too: the next workspace in this process may bring other models of the same names.
        asked = (*models, str(find_model(models[0])))
        if asked in self._loaded:
            self._loaded.move_to_end(asked)
            return self._loaded[asked]
        import tesserocr

        paths = [check_whole(name) for name in models]
        # Tesseract looks for all models of one call in one folder.
        if len({p.parent for p in paths}) > 1:
            raise EngineFailed(f"models {' and '.join(models)} are in different folders and cannot be used together")
        try:
            api = tesserocr.PyTessBaseAPI(
                path=str(paths[0].parent),
                lang="+".join(models),
                oem=tesserocr.OEM.LSTM_ONLY,
                variables=VARIABLES,
            )
        except RuntimeError as e:
            raise EngineMissing(f"{paths[0]} is damaged: Tesseract cannot load it. {how_to_mend(models)}") from e
        self._loaded[asked] = api
        while len(self._loaded) > _MOST_LOADED:
            self._loaded.popitem(last=False)[1].End()
        return api


def available() -> bool:
    """Whether tesserocr is installed; it is not loaded."""
    return find_spec("tesserocr") is not None


def _read(api: Any, image: Image, limit: TimeLimit | None) -> list[SeenWord]:
    """The words of one picture.

    Tesseract can be stopped by the clock alone. On a busy machine that may be long before the page's processor time is
    used up, so the picture is read again with the time that is left.
    """
    while not _is_read(api, image, limit):
        pass
    if limit is not None:
        limit.raise_if_over()
    pages = parse_tsv(api.GetTSVText(0))
    return pages[0] if pages else []


def _is_read(api: Any, image: Image, limit: TimeLimit | None) -> bool:
    """Have Tesseract read a picture; False when it was stopped by the clock. Raises EngineFailed."""
    plain = np.ascontiguousarray(image)
    height, width = plain.shape
    api.ClearAdaptiveClassifier()  # else the words of one picture would sway the next
    api.SetImageBytes(plain.tobytes(), width, height, 1, width)
    api.SetSourceResolution(_DPI)
    most_ms = 0  # without end
    if limit is not None:
        limit.raise_if_over()
        most_ms = max(1, int(limit.by_clock_s() * 1000))
    begun = time.monotonic()
    if api.Recognize(most_ms):
        return True
    # Long before its time it was not the clock: reading again would go on for ever.
    if limit is None or (time.monotonic() - begun) * 1000 < most_ms / 2:
        raise EngineFailed("Tesseract broke off in the middle of a crop")
    return False
