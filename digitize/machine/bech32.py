"""Keys as text that a typing error cannot turn into another key: Bech32 (BIP 173), as the age format writes them."""

from __future__ import annotations

from collections.abc import Iterable

_SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKED = 6


def encode(kind: str, data: bytes) -> str:
    """Bytes as text that begins with their kind and "1"."""
    values = _regroup(data, 8, 5, fill=True)
    check = _sum([*_expand(kind), *values, *[0] * _CHECKED]) ^ 1
    tail = [(check >> 5 * (_CHECKED - 1 - i)) & 31 for i in range(_CHECKED)]
    return f"{kind}1" + "".join(_SIGNS[v] for v in [*values, *tail])


def decode(kind: str, text: str) -> bytes:
    """The bytes of a text of that kind, in small letters. Raises ValueError."""
    found, _, rest = text.rpartition("1")
    if found != kind or len(rest) < _CHECKED or any(c not in _SIGNS for c in rest):
        raise ValueError(f"it does not begin with {kind}1, or has other signs")
    values = [_SIGNS.index(c) for c in rest]
    if _sum([*_expand(kind), *values]) != 1:
        raise ValueError("a letter is wrong")
    return bytes(_regroup(values[:-_CHECKED], 5, 8, fill=False))


def _expand(kind: str) -> list[int]:
    return [*(ord(c) >> 5 for c in kind), 0, *(ord(c) & 31 for c in kind)]


def _sum(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for i, term in enumerate(_GENERATOR):
            check ^= term if (top >> i) & 1 else 0
    return check


def _regroup(values: Iterable[int], old: int, new: int, *, fill: bool) -> list[int]:
    """Bits in groups of another size."""
    held = bits = 0
    made = []
    for value in values:
        held, bits = held << old | value, bits + old
        while bits >= new:
            bits -= new
            made.append((held >> bits) & ((1 << new) - 1))
    if fill and bits:
        made.append((held << (new - bits)) & ((1 << new) - 1))
    elif not fill and (bits >= old or held & ((1 << bits) - 1)):
        raise ValueError("its end is no whole byte")
    return made
