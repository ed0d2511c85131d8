"""JSON lines: one object for each page, on a line of its own. The keys are an interface that is kept stable."""

from __future__ import annotations

import json
from typing import Any

from ocr.outputs import Output, OutputPage, words_of
from ocr.page import Line, Word


class JsonWriter:
    """Writes pages as JSON lines."""

    def start(self) -> bytes:
        """Nothing."""
        return b""

    def page(self, page: OutputPage) -> bytes:
        """The page as one line."""
        line = json.dumps(plain(page), ensure_ascii=False, allow_nan=False)
        # Half of a surrogate pair, which UTF-8 cannot hold, must not stop a run.
        return f"{line}\n".encode("utf-8", "replace")

    def end(self) -> bytes:
        """Nothing."""
        return b""


def plain(page: OutputPage) -> dict[str, Any]:
    """What is written of a page: file, page, text, confidence and words first; boxes are x0, y0, x1, y1 in pixels."""
    text = page.text
    return {
        "file": page.file,
        "page": page.number,
        "text": text.text,
        "confidence": _share(text.confidence),
        "words": [_word(word) for line in text.lines for word in words_of(line)],
        "lines": [_line(line) for line in text.lines],
        "width": text.width,
        "height": text.height,
        "source": text.source,
        "notes": list(text.notes),
    }


def _word(word: Word) -> dict[str, Any]:
    return {"text": word.text, "confidence": _share(word.confidence), "box": [int(side) for side in word.box]}


def _line(line: Line) -> dict[str, Any]:
    more = {"block": line.block, "languages": list(line.languages), "by": line.by, "calibrated": line.calibrated}
    box = [int(side) for side in line.box]
    return {"text": line.text, "confidence": _share(line.confidence), "box": box} | more


def _share(value: float) -> float:
    """A confidence as JSON can hold it: what is no number is no confidence."""
    return round(min(1.0, max(0.0, float(value))), 4) if value == value else 0.0


OUTPUT = Output(".jsonl", JsonWriter)
