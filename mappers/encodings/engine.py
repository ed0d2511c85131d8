"""The one engine for Devanagari font encodings: longest match, then marks put in their place.

Fonts write in the order the eye sees: the short i before its cluster, the reph behind its syllable. Unicode writes in
the order of speech. A table says which codes show what; nothing here knows a particular font.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path

from mappers.errors import MappingError
from mappers.folding import nfc

_CONSONANT = "[\u0915-\u0939]\u093c?"
_CLUSTER = f"(?:{_CONSONANT}\u094d)*{_CONSONANT}"
_SIGNS = "[\u093e-\u094c]"
_MARKS = "[\u0901-\u0903\u0945]"
_REPH = "र्"
_PRIVATE = 0xE000
_SYLLABLE = re.compile(
    f"(?P<reph>{_REPH}(?={_CONSONANT}))?(?P<cluster>{_CLUSTER}\u094d?)(?P<signs>(?:{_SIGNS}|{_MARKS})*)"
)
# Nothing below has to be tried where this finds nothing, which is nearly always.
_UNTIDY = re.compile(f"{_SIGNS}(?:\u093c|{_SIGNS})|{_MARKS}(?:{_SIGNS}|{_MARKS})|\u0905\u093e|\u0903")
_TIDY = (
    (re.compile(f"({_SIGNS})\u093c"), "\u093c\\1"),
    (re.compile(f"({_MARKS})({_SIGNS})"), r"\2\1"),
    (re.compile(f"({_SIGNS}|{_MARKS})\\1+"), r"\1"),
    (re.compile("\u093e\u0947"), "\u094b"),
    (re.compile("\u093e\u0948"), "\u094c"),
    (re.compile("\u0905\u093e"), "\u0906"),
    (re.compile("(?<![\u0900-\u097f])\u0903|(?<=[\u0966-\u096f])\u0903"), ":"),
)


@dataclass(frozen=True)
class FontTable:
    """One font. codes: glyph codes -> text. pre: marks written before the cluster they follow; post: marks whose reph
    goes before the syllable. Both kinds: codes -> text.
    """

    name: str
    codes: Mapping[str, str]
    pre: Mapping[str, str]
    post: Mapping[str, str]

    def decode(self, text: str) -> str:
        """Characters of the font as Unicode NFC; a code the table has not stays as it is."""
        first = self._first
        glyphs = self._pattern.sub(lambda m: first[m[0]], text)
        if self._special.search(glyphs):
            glyphs = re.sub(f"(?<=[^ ]) +(?=[{self._post_class}])", "", glyphs)
            glyphs = self._pre_pattern.sub(self._place_pre, glyphs)
            glyphs = self._post_pattern.sub(self._place_post, glyphs)
        if _UNTIDY.search(glyphs):
            for pattern, into in _TIDY:
                glyphs = pattern.sub(into, glyphs)
        return nfc(glyphs)

    def encode(self, text: str) -> str:
        """Unicode NFC as characters of the font. Raises ValueError naming the first character the font has not."""
        out: list[str] = []
        at = 0
        for m in _SYLLABLE.finditer(text):
            out += [self._write(text[at : m.start()]), self._write_syllable(m)]
            at = m.end()
        return "".join([*out, self._write(text[at:])])

    def _write_syllable(self, m: re.Match[str]) -> str:
        cluster, signs = m.group("cluster"), m.group("signs")
        before = after = ""
        if signs.startswith("ि"):
            before, signs = self._code_of[("pre", "ि")], signs[1:]
        if m.group("reph"):
            after = self._code_of[("post", _REPH)]
        marks = re.search(f"{_MARKS}*$", signs)
        cut = marks.start() if marks else len(signs)
        if not cut and not before and f"{cluster}{signs}" in self._spelled:
            return self._spelled[f"{cluster}{signs}"] + after
        return before + self._write(cluster + signs[:cut]) + after + self._write(signs[cut:])

    def _write(self, text: str) -> str:
        out: list[str] = []
        at = 0
        while at < len(text):
            size = next((n for n in range(self._longest, 0, -1) if text[at : at + n] in self._spelled), 0)
            if size:
                out.append(self._spelled[text[at : at + size]])
            elif text[at].isspace() or (text[at].isascii() and text[at] not in self._pattern_start):
                out.append(text[at])
            else:
                raise ValueError(f"{self.name} has no code for U+{ord(text[at]):04X}")
            at += size or 1
        return "".join(out)

    @cached_property
    def _marks(self) -> Mapping[str, tuple[str, str]]:
        """Private characters that stand for out-of-order marks: character -> (kind, codes)."""
        both = [("pre", c) for c in self.pre] + [("post", c) for c in self.post]
        return {chr(_PRIVATE + i): mark for i, mark in enumerate(both)}

    @cached_property
    def _first(self) -> Mapping[str, str]:
        return {**self.codes, **{codes: private for private, (_, codes) in self._marks.items()}}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(c) for c in sorted(self._first, key=len, reverse=True)))

    @cached_property
    def _pattern_start(self) -> frozenset[str]:
        return frozenset(c[0] for c in self._first)

    @cached_property
    def _pre_class(self) -> str:
        return "".join(p for p, (kind, _) in self._marks.items() if kind == "pre")

    @cached_property
    def _post_class(self) -> str:
        return "".join(p for p, (kind, _) in self._marks.items() if kind == "post")

    @cached_property
    def _special(self) -> re.Pattern[str]:
        return re.compile(f"[{''.join(self._marks)}]")

    @cached_property
    def _pre_pattern(self) -> re.Pattern[str]:
        return re.compile(f"([{self._pre_class}])({_CLUSTER})")

    @cached_property
    def _post_pattern(self) -> re.Pattern[str]:
        return re.compile(f"({_CLUSTER}(?:{_SIGNS}|{_MARKS})*)([{self._post_class}])")

    def _place_pre(self, m: re.Match[str]) -> str:
        text = self.pre[self._marks[m.group(1)][1]]
        return _REPH + m.group(2) + text[2:] if text.startswith(_REPH) else m.group(2) + text

    def _place_post(self, m: re.Match[str]) -> str:
        text = self.post[self._marks[m.group(2)][1]]
        return _REPH + m.group(1) + text[2:]

    @cached_property
    def _spelled(self) -> Mapping[str, str]:
        """Text -> codes for writing; of several, the first in the table."""
        return {text: codes for codes, text in reversed(tuple(self.codes.items()))}

    @cached_property
    def _code_of(self) -> Mapping[tuple[str, str], str]:
        pairs = [(("pre", t), c) for c, t in self.pre.items()] + [(("post", t), c) for c, t in self.post.items()]
        return dict(reversed(pairs))

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._spelled))


def read_table(path: Traversable | Path) -> FontTable:
    """One font's table: tab-separated codes, text and, for marks out of order, pre or post; // begins a comment.

    Raises MappingError naming file and line for a line of another shape or codes named twice.
    """
    kinds: dict[str, dict[str, str]] = {"": {}, "pre": {}, "post": {}}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("//"):
            continue
        codes, text, role = (*line.split("\t"), "", "")[:3]
        if not codes or not text or role not in kinds:
            raise MappingError(f"{path.name}: line {number}: expected codes, text and pre, post or nothing")
        if any(codes in known for known in kinds.values()):
            raise MappingError(f"{path.name}: line {number}: these codes have a text already")
        kinds[role][codes] = nfc(text)
    return FontTable(path.name.removesuffix(".tsv"), kinds[""], kinds["pre"], kinds["post"])
