"""What an encoding is: what is known of it, and what it can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class EncodingInfo:
    """What is known of an encoding. script: ISO 15924; family: encodings that share a base and are easily confused.

    languages: ISO 639-1. fonts: names under which containers call it. is_confirmed: more than one source agrees on it.
    digest: SHA-256 of its table, for keys of work.
    """

    name: str
    title: str
    script: str
    family: str
    languages: tuple[str, ...] = ()
    fonts: tuple[str, ...] = ()
    is_confirmed: bool = True
    source: str = ""
    digest: str = ""


class Encoding(Protocol):
    """What an encoding can do. Texts are the encoding's characters: bytes read as Windows-1252."""

    def __hash__(self) -> int:
        """By identity."""

    @property
    def info(self) -> EncodingInfo:
        """Its name, script, family, fonts."""

    def decode(self, text: str) -> str:
        """Its characters as Unicode NFC; what it does not know stays as it is."""

    def decode_word(self, word: str) -> str | None:
        """Characters without a blank as Unicode; None where what stands beside them may matter."""

    def encode(self, text: str) -> str:
        """Unicode as its characters, so that decode gives it back. Raises ValueError where it cannot."""

    def unknown(self, text: str) -> int:
        """How many characters it has no meaning for."""
