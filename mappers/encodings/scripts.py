"""The scripts of India as a font engine sees them: which letters carry, which are carried, and in what order.

Source: The Unicode Standard, chapter 12. The blocks are laid out alike, so a script is its first code and a few extras.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from mappers.text.scripts import BLOCKS, script_of_char

# Order of what follows a cluster in Unicode: nukta, joined letters, vowel signs, marks.
NUKTA, JOINED, SIGN, MARK = 1, 2, 3, 4
# How the codes of a font may stand; see the engine.
ROLES = ("", "pre", "post", "drop", "read")


@dataclass(frozen=True)
class Script:
    """One script. start: first code of its block. joins: pairs of characters that a font shows apart -> one character.

    consonants, vowels, signs, marks: characters; subjoined: signs that stand for a joined letter. stacks: letters of a
    cluster join; where they do not, each stands for itself and the virama shows.
    """

    name: str
    start: int
    consonants: str = ""
    vowels: str = ""
    signs: str = ""
    marks: str = ""
    subjoined: str = ""
    joins: Mapping[str, str] = ()  # type: ignore[assignment]
    stacks: bool = True

    @property
    def virama(self) -> str:
        """The sign that takes the vowel away; "" in a script without one."""
        return chr(self.start + 0x4D) if self.start else ""

    @property
    def reph(self) -> str:
        """RA and virama, written over the cluster that it precedes."""
        return chr(self.start + 0x30) + self.virama

    @property
    def nukta(self) -> str:
        """The dot below."""
        return chr(self.start + 0x3C)

    @cached_property
    def leading(self) -> str:
        """The signs that a letter is shown together with: all but the length marks."""
        return "".join(c for c in self.signs if not self.start + 0x55 <= ord(c) <= self.start + 0x57)

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """Character -> its place behind the cluster."""
        ranks = {c: SIGN for c in self.signs} | {c: MARK for c in self.marks} | {c: JOINED for c in self.subjoined}
        return {**ranks, self.nukta: NUKTA, self.virama: JOINED}

    @cached_property
    def join_pattern(self) -> re.Pattern[str]:
        """Pairs to be joined."""
        return re.compile("|".join(map(re.escape, sorted(self.joins, key=len, reverse=True))) or "(?!)")


def _run(start: int, first: int, last: int) -> str:
    return "".join(chr(start + i) for i in range(first, last + 1))


def _indic(name: str, joins: str = "", **more: str) -> Script:
    """A script of the common layout; joins: "ab=c ..."; more: extra characters of a class."""
    start = BLOCKS[name]
    return Script(
        name,
        start,
        consonants=_run(start, 0x15, 0x39) + _run(start, 0x58, 0x5F) + more.get("consonants", ""),
        vowels=_run(start, 0x04, 0x14) + _run(start, 0x60, 0x61) + more.get("vowels", ""),
        signs=_run(start, 0x3E, 0x4C) + _run(start, 0x55, 0x57) + _run(start, 0x62, 0x63) + more.get("signs", ""),
        marks=_run(start, 0x00, 0x03) + more.get("marks", ""),
        subjoined=more.get("subjoined", ""),
        joins=dict(pair.split("=") for pair in joins.split()),
        stacks=name != "Taml",
    )


@cache
def scripts() -> Mapping[str, Script]:
    """Scripts by their ISO 15924 code."""
    found = (
        _indic("Deva", "अा=आ अो=ओ अौ=औ अॉ=ऑ अॅ=ॲ आे=ओ आै=औ आॅ=ऑ एे=ऐ ाे=ो ाै=ौ ाॅ=ॉ ेे=ै", signs="\u0945"),
        _indic("Beng", "অা=আ", consonants="\u09f0\u09f1\u09ce"),
        _indic("Guru", "ਅਾ=ਆ ਅੈ=ਐ ਅੌ=ਔ ੳੁ=ਉ ੳੂ=ਊ ੳੋ=ਓ ੲਿ=ਇ ੲੀ=ਈ ੲੇ=ਏ ਉੁ=ਉ",
               vowels="\u0a72\u0a73", marks="\u0a70\u0a71", subjoined="\u0a75"),
        _indic("Gujr", "અા=આ અે=એ અૈ=ઐ અો=ઓ અૌ=ઔ અૅ=ઍ અૉ=ઑ આે=ઓ આૈ=ઔ આૅ=ઑ ાે=ો ાૈ=ૌ ાૅ=ૉ"),
        _indic("Orya", "ଅା=ଆ", consonants="\u0b71"),
        _indic("Taml", "\u0b92\u0bd7=\u0b94"),
        _indic("Telu", "ెా=ో ాె=ో ెు=ొ ెౕ=ే ొౕ=ో"),
        # A length mark behind a bare letter was typed for the whole sign.
        _indic("Knda", " ".join(f"{c}ೕ={c}ೀ {c}ೖ={c}ೈ" for c in _run(BLOCKS["Knda"], 0x15, 0x39))),
        _indic("Mlym", "െെ=ൈ ഇൗ=ഈ ഉൗ=ഊ ഒാ=ഓ ഒൗ=ഔ എെ=ഐ", consonants="\u0d7a\u0d7b\u0d7c\u0d7d\u0d7e\u0d7f"),
        Script("Arab", 0),
        Script("Latn", 0),
    )  # fmt: skip
    return {s.name: s for s in found}


def script_of(text: str) -> str:
    """The script most letters of a text are of; "Latn" where none is of India's."""
    counts = Counter(filter(None, map(script_of_char, text)))
    return max(scripts(), key=lambda name: counts[name]) if counts else "Latn"
