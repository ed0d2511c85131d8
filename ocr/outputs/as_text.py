"""Plain text: UTF-8, a form feed between pages and a new line at the end of each."""

from __future__ import annotations

from ocr.outputs import Output, OutputPage


class TextWriter:
    """Writes pages as text. A form feed inside a page becomes a new line, so that pages can be counted."""

    def __init__(self) -> None:
        """No page yet."""
        self._before = ""

    def start(self) -> bytes:
        """Nothing."""
        return b""

    def page(self, page: OutputPage) -> bytes:
        """The page's text."""
        text = page.text.text.replace("\f", "\n")
        before, self._before = self._before, "\f"
        return f"{before}{text}\n".encode("utf-8", "replace")

    def end(self) -> bytes:
        """Nothing."""
        return b""


OUTPUT = Output(".txt", TextWriter)
