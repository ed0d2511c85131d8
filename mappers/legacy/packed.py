"""Numbers as COBOL stores them: packed decimals (COMP-3), and the decimal point that is not written (V)."""

from __future__ import annotations

_MINUS = 0xD
_SIGNS = frozenset({0xC, 0xD, 0xF})


def unpack_decimal(stored: bytes) -> bytes:
    """A packed decimal as digits with its sign; bytes that are none as they are.

    Each half of a byte is a digit, the last one the sign: C or F for plus, D for minus (IBM Enterprise COBOL).
    """
    halves = [h for byte in stored for h in (byte >> 4, byte & 0xF)]
    if not halves or halves[-1] not in _SIGNS or any(h > 9 for h in halves[:-1]):
        return stored
    digits = "".join(map(str, halves[:-1])).lstrip("0") or "0"
    return f"{'-' if halves[-1] == _MINUS else ''}{digits}".encode()


def with_point(cell: bytes | str, scale: int) -> bytes | str:
    """Digits with the decimal point before the last ones; anything else as it is."""
    text = cell.decode("ascii", "replace") if isinstance(cell, bytes) else cell
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if not (digits.isascii() and digits.isdigit()):
        return cell
    digits = digits.rjust(scale + 1, "0")
    made = f"{sign}{digits[:-scale]}.{digits[-scale:]}"
    return made.encode() if isinstance(cell, bytes) else made
