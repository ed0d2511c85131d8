"""Escape untrusted text for terminals, spreadsheets, web pages and workbooks.

Each output has one function here (CSV: `csv_cells.safe`), and a test finds writers that bypass them. Nothing is dropped
silently; what an output cannot hold is shown as a placeholder.
"""

from __future__ import annotations

import re

REPLACED = "\ufffd"
"""Stands where a character was that the exit cannot hold."""

_HALF = "\ud800-\udfff"
# The last two of every plane, and 32 more: no characters, and never will be.
_NONE = "\ufdd0-\ufdef" + "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0, 0x110000, 0x10000))
# What turns the text around it until it is ended; the marks that turn nothing but themselves (U+200E, U+200F) stay.
_TURNING = "\u202a-\u202e\u2066-\u2069"
# Joiners (U+200C, U+200D) stay: Indian scripts are written with them.
_UNSEEN = "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
_ENDS = "\u2028\u2029"
_CONTROLS = "\x00-\x1f\x7f-\x9f"

_NOT_TERMINAL = re.compile(f"[{_CONTROLS}{_ENDS}{_TURNING}{_UNSEEN}{_HALF}{_NONE}]")
_NOT_SHEET = re.compile(f"[\x00-\x08\x0b-\x1f{_HALF}{_NONE}]")
_NOT_PAGE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_TURNING}{_HALF}{_NONE}]")
_NOT_JSON = re.compile(f"[\x7f-\x9f{_ENDS}{_TURNING}{_UNSEEN}{_HALF}{_NONE}]")

# Letters that a cell holds, nearly; counted as UTF-16 has them, where some letters are two.
_LONGEST = 32_000


def on_terminal(text: str) -> str:
    """One line for a terminal: cursor movement, colours, bidi controls and line breaks are spelled out."""
    return _NOT_TERMINAL.sub(_spell_code, text)


def block_on_terminal(text: str) -> str:
    """Several lines for a terminal: as `on_terminal`, but line ends, tabs and form feeds are kept."""
    return "".join(part if part in "\n\t\f" else on_terminal(part) for part in re.split("([\n\t\f])", text))


def in_json(text: str) -> str:
    """JSON for a terminal: the same value with hidden characters as escape codes. text: output of `json.dumps`."""
    return _NOT_JSON.sub(_as_code, text)


def in_sheet(text: str) -> str:
    """Cell of a workbook (XML); a text too long for a cell is truncated."""
    kept = _NOT_SHEET.sub(REPLACED, text.replace("\r\n", "\n"))
    if len(kept) * 2 <= _LONGEST:
        return kept
    # Cut between two letters, never within one.
    return kept.encode("utf-16-le")[: 2 * _LONGEST].decode("utf-16-le", "ignore")


def in_page(text: str) -> str:
    """Text of an HTML page (and of the PDF printed from it), not yet escaped."""
    return _NOT_PAGE.sub(REPLACED, text)


def escape_shown(value: object) -> object:
    """Value of a template placeholder; existing markup was built from escaped values."""
    return in_page(value) if type(value) is str else value


def escape(text: str) -> str:
    """Escape text for HTML, for writers without an escaping template."""
    import html  # not at the start: it brings all named letters of HTML, and commands only print

    return html.escape(in_page(text))


def _spell_code(found: re.Match[str]) -> str:
    code = ord(found[0])
    known = {0x0A: r"\n", 0x0D: r"\r", 0x09: r"\t"}
    return known.get(code) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def _as_code(found: re.Match[str]) -> str:
    data = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[i]:02x}{data[i + 1]:02x}" for i in range(0, len(data), 2))
