"""Where the scripts of Indian records stand in Unicode: the one table of blocks in this package.

Source: the Unicode code charts. The blocks of scripts that descend from Brahmi are laid out alike, as in ISCII.
"""

from __future__ import annotations

from collections.abc import Mapping

BLOCK_SIZE = 0x80
BLOCKS: Mapping[str, int] = {
    "Deva": 0x0900, "Beng": 0x0980, "Guru": 0x0A00, "Gujr": 0x0A80, "Orya": 0x0B00, "Taml": 0x0B80, "Telu": 0x0C00,
    "Knda": 0x0C80, "Mlym": 0x0D00,
}  # fmt: skip
"""Script by its ISO 15924 code -> the first character of its block."""
INDIC = "\u0900-\u0d7f"
"""All of these blocks, as they stand between the brackets of a pattern."""
ARABIC = "\u0600-\u077f\ufb50-\ufdff\ufe70-\ufefc"
"""Letters, marks and presentation forms of the Arabic script, for the same."""
_BY_START = {start: name for name, start in BLOCKS.items()}
_ARABIC_RANGES = tuple((part[0], part[2]) for part in (ARABIC[i : i + 3] for i in range(0, len(ARABIC), 3)))


def script_of_char(char: str) -> str:
    """The script whose block a character stands in, as ISO 15924; "" for all that are not of India's."""
    if char.isascii():
        return ""
    # Blocks begin at multiples of their size.
    found = _BY_START.get(ord(char) & -BLOCK_SIZE, "")
    return found or ("Arab" if is_arabic(char) else "")


def is_arabic(char: str) -> bool:
    """Whether a character is of the Arabic script."""
    return any(first <= char <= last for first, last in _ARABIC_RANGES)
