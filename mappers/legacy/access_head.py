"""The first page of an Access database: its version, whether it is locked, and the code page of its text.

Source: the file format notes of the MDB Tools project (HACKING) for the mask and the places of the fields.
"""

from __future__ import annotations

from dataclasses import dataclass

_KINDS = (b"Standard Jet DB", b"Standard ACE DB")
_MASKED_FROM = 0x18
_MASK = b"\xc7\xda\x39\x6b"
_JET3 = 0
_FIRST_ACE = 2


@dataclass(frozen=True, slots=True)
class AccessHead:
    """version: 0 Jet 3 (Access 97), 1 Jet 4 (2000-2003), 2 and up ACE (2007 on). has_key: its pages are scrambled.

    has_password: a database password is set; it locks the program, not the pages. code_page: of 8-bit text, 0 unknown.
    """

    version: int
    has_key: bool
    has_password: bool
    code_page: int

    @property
    def is_8_bit(self) -> bool:
        """Whether its text is stored in single bytes."""
        return self.version == _JET3

    @property
    def page_bytes(self) -> int:
        """The size of its pages."""
        return 2048 if self.version == _JET3 else 4096

    @property
    def is_encrypted(self) -> bool:
        """Whether it is encrypted with its password, so that nothing can be read without it."""
        return self.has_key and self.version >= _FIRST_ACE


def is_access(head: bytes) -> bool:
    """Whether a file begins as an Access database."""
    return head[4:19] in _KINDS


def read_access_head(head: bytes) -> AccessHead:
    """Read the first 4096 bytes of a database."""
    version = head[0x14]
    masked = head[_MASKED_FROM : _MASKED_FROM + (126 if version == _JET3 else 128)]
    clear = bytes(_MASKED_FROM) + _rc4(_MASK, masked)
    password = clear[0x42 : 0x42 + (20 if version == _JET3 else 40)]
    # Jet 4 hides the password under four bytes made of the day of creation, again and again.
    has_password = any(password) if version == _JET3 else password != (password[:4] * 10)[: len(password)]
    code_page = int.from_bytes(clear[0x3C:0x3E], "little")
    return AccessHead(version, any(clear[0x3E:0x42]), has_password, code_page)


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) & 255])
    return bytes(out)
