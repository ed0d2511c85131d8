"""The one engine for font encodings: longest match, then every mark put in its place in the syllable.

Fonts write in the order the eye sees: a sign that stands left of its cluster before it, a reph or a joined letter
behind the whole syllable. Unicode writes in the order of speech. A table says which codes show what, a script which
letters carry which; nothing here knows a particular font.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mappers.encodings.encoding import EncodingInfo
from mappers.encodings.scripts import JOINED, MARK, SIGN, Script
from mappers.encodings.writing import FontWriter
from mappers.text.folding import nfc
from mappers.text.memory import Memory

# From the private use area, which no text of a font shows.
_PRIVATE = 0xE000
# A visarga that hangs on no syllable was typed for a colon.
_COLON = re.compile("[\u0903\u0983\u0a03\u0a83\u0b03\u0c03\u0c83\u0d03]")
# Placed marks rank behind the virama of a cluster without a vowel.
_FIRST, _DEAD = 0, 5


class _Kept(dict[str, str]):
    """A mapping in which what is not there stays as it is."""

    def __missing__(self, key: str) -> str:
        return key


_LONGEST = 4096
"""Characters that are put in order together."""


@dataclass(frozen=True, eq=False)
class FontTable:
    """One encoding's table. codes: characters of the font -> text; roles: codes -> how they stand.

    Roles: "pre" is written before the cluster it belongs to, "post" behind its syllable though its RA is spoken first
    (reph) or its letter joins the cluster below, "drop" shows nothing of its own, "read" is in order but never written.
    What has no role is in order, or is put in order by its class: joined letters before signs, signs before marks.
    digits: letters whose codes are typed for a digit that looks the same -> that digit, meant where it stands in a
    number.
    """

    info: EncodingInfo
    script: Script
    codes: Mapping[str, str]
    roles: Mapping[str, str] = field(default_factory=dict)
    digits: Mapping[str, str] = field(default_factory=dict)

    def decode(self, text: str) -> str:
        """Characters of the font as Unicode NFC; a code the table has not stays as it is."""
        # Words are remembered, so a text is cut at its blanks unless a code or a hanging mark goes over one.
        if self._over_blanks.search(text):
            return self._decode_text(text)
        return " ".join(map(self._words.__getitem__, text.split(" ")))

    def decode_word(self, word: str) -> str | None:
        """Characters without a blank as Unicode; None where what stands beside them may matter."""
        return None if word[:1] in self._hanging or self._codes_with_blanks else self._words[word]

    def _decode_text(self, text: str) -> str:
        if len(text) > _LONGEST:
            # No word is so long, and what looks back over all of it would take time by its square.
            return "".join(self._decode_text(text[i : i + _LONGEST]) for i in range(0, len(text), _LONGEST))
        glyphs = "".join(map(self._glyphs.__getitem__, self.codes_pattern.findall(text)))
        # A script without a block of its own has no syllables to put in order.
        if not self.script.start:
            return nfc(glyphs)
        if self._tie_pattern.search(glyphs):
            glyphs = self._tie_pattern.sub("", glyphs)
        if self.digits and self._numbers.search(glyphs):
            glyphs = self._numbers.sub(lambda m: m[0].translate(self._as_digits), glyphs)
        return nfc("".join(map(self._placed_syllables.__getitem__, self._syllables.findall(glyphs))))

    def unknown(self, text: str) -> int:
        """How many characters of a text this font has no code for, blanks and plain ASCII digits aside."""
        known = self._glyphs
        return sum(t not in known and not t.isspace() for t in self.codes_pattern.findall(text) if not t.isdigit())

    def encode(self, text: str) -> str:
        """Unicode as characters of the font, such that decode gives it back.

        Raises ValueError naming the first character for which the font has no spelling.
        """
        return self._writer.write(nfc(text))

    @cached_property
    def _words(self) -> Memory[str]:
        """Words already decoded: names and places come again in cells that are all different."""
        return Memory(self._decode_text)

    @cached_property
    def _over_blanks(self) -> re.Pattern[str]:
        """Blanks at which a text must not be cut: those in codes, those before a mark that hangs on a syllable."""
        if not self.script.virama:
            return re.compile(" ")
        hanging = "".join(map(re.escape, sorted(self._hanging)))
        return re.compile("|".join([*map(re.escape, self._codes_with_blanks), f" (?=[{hanging}])"]))

    @cached_property
    def _hanging(self) -> frozenset[str]:
        """First characters of codes that may hang on the syllable before a blank; of scripts without syllables none
        is known not to.
        """
        virama = self.script.virama
        if not virama:
            return frozenset(c[0] for c in self.codes)
        hanging = (
            c[0] for c, shown in self.codes.items()
            if self.roles.get(c) in ("post", "drop") or shown.startswith(virama)
        )  # fmt: skip
        return frozenset((*hanging, virama))

    @cached_property
    def _codes_with_blanks(self) -> tuple[str, ...]:
        return tuple(sorted(c for c in self.codes if " " in c))

    @cached_property
    def _writer(self) -> FontWriter:
        return FontWriter(self)

    @cached_property
    def _marks(self) -> Mapping[str, str]:
        """Codes with a role -> the private character that stands for them until their place is known."""
        placed = [c for c in self.codes if self.roles.get(c) in ("pre", "post")]
        return {codes: chr(_PRIVATE + i) for i, codes in enumerate(placed)}

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        """Private character -> its text."""
        return {private: self.codes[codes] for codes, private in self._marks.items()}

    @cached_property
    def _glyphs(self) -> dict[str, str]:
        dropped = {c: "" for c in self.codes if self.roles.get(c) == "drop"}
        return _Kept({**self.codes, **self._marks, **dropped})

    @cached_property
    def codes_pattern(self) -> re.Pattern[str]:
        """Tokens of the font, longest first, branched on their first character: a flat list of codes is slow."""
        rests: dict[str, list[str]] = {}
        for code in self.codes:
            rests.setdefault(code[0], []).append(code[1:])
        singles = "".join(re.escape(c) for c, r in rests.items() if r == [""])
        branches = [
            re.escape(c) + "(?:" + "|".join(map(re.escape, sorted((x for x in r if x), key=len, reverse=True))) + ")"
            + ("?" if "" in r else "")
            for c, r in rests.items() if any(r)
        ]  # fmt: skip
        return re.compile("|".join([f"[{singles}]" if singles else "(?!)", *branches, "."]), re.DOTALL)

    def _of_role(self, *roles: str) -> str:
        return "".join(p for codes, p in self._marks.items() if self.roles[codes] in roles)

    @cached_property
    def shape(self) -> tuple[str, str, str]:
        """Patterns of a script: a cluster or vowel, what may follow it, and the virama."""
        s = self.script
        consonant = f"[{s.consonants}]{s.nukta}?"
        cluster = f"(?:(?:{consonant}\u200d?{s.virama}[\u200c\u200d]?)*{consonant}|[{s.vowels}])"
        return cluster, f"[{s.signs}{s.marks}{s.subjoined}{s.nukta}{s.virama}]", consonant

    @cached_property
    def _syllables(self) -> re.Pattern[str]:
        cluster, tail, consonant = self.shape
        pre, post = self._of_role("pre"), self._of_role("post")
        before = f"(?:[{pre}][{pre}{post}]*)?" if pre else ""
        hanging = "".join(
            [
                f"|[{post}]" if post else "",
                # A mark that stands before no cluster was typed behind its own.
                f"|[{pre}](?![{pre}{post}]*[{self.script.consonants}{self.script.vowels}])" if pre else "",
            ]
        )
        behind = f"(?:{self.script.virama}{consonant}|{tail}{hanging})*"
        others = f"[^{pre}{self.script.consonants}{self.script.vowels}]"
        return re.compile(f"{before}{cluster}{behind}|{others}+|.", re.DOTALL)

    @cached_property
    def _tie_pattern(self) -> re.Pattern[str]:
        """Blanks typed between a syllable and the mark that hangs on it, as the fonts' own keyboards make them.

        And the virama of a half letter under which another letter is joined with its own.
        """
        post = self._of_role("post")
        hanging = f"[{post}{self.script.virama}]" if post else self.script.virama
        virama = self.script.virama
        return re.compile(f"(?<=[^ ]) +(?={hanging})|{virama}(?={virama})")

    @cached_property
    def _numbers(self) -> re.Pattern[str]:
        """Numbers and dates that hold a digit of the script, neither behind a letter nor with a sign on the last.

        And the number of a list ("ર)"), which may be of such letters alone.
        """
        first, letters = self.script.start, "".join(self.digits)
        digit, before = f"[{chr(first + 0x66)}-{chr(first + 0x6F)}]", f"[{chr(first)}-{chr(first + 0x7F)}]"
        run, sign = f"(?:{digit}|[{letters}])+", f"[{chr(first + 0x3E)}-{chr(first + 0x4D)}{chr(_PRIVATE)}-\uf8ff]"
        number = f"(?=[{letters}/.\\-]*{digit}){run}(?:[/.\\-]{run})*(?!{sign})"
        return re.compile(f"(?<!{before})(?:{number}|[{letters}]{{1,2}}(?=\\)))")

    @cached_property
    def _as_digits(self) -> Mapping[int, str]:
        return {ord(letter): digit for letter, digit in self.digits.items()}

    @cached_property
    def _placed_syllables(self) -> Memory[str]:
        return Memory(self._place)

    @cached_property
    def _parts(self) -> re.Pattern[str]:
        cluster, _, _ = self.shape
        placed = self._of_role("pre", "post")
        return re.compile(f"([{placed}]*)({cluster})(.*)" if placed else f"()({cluster})(.*)", re.DOTALL)

    def _place(self, syllable: str) -> str:
        m = self._parts.fullmatch(syllable)
        if m is None:
            return _COLON.sub(":", "".join(self._texts.get(c, c) for c in syllable))
        before, cluster, behind = m.groups()
        pieces = [*self._pieces(before), *self._pieces(behind)]
        ordered = sorted(pieces, key=lambda p: p[0])
        first = "".join(text for rank, text in ordered if rank == _FIRST)
        joins = self.script.joins
        out: list[str] = []
        for rank, text in ordered:
            # A sign typed twice looks like one and is meant once; two that make a letter of their own stay.
            is_doubled = rank in (SIGN, MARK) and text in out and text * 2 not in joins
            if rank != _FIRST and not is_doubled:
                out.append(text)
        text = first + cluster + "".join(out)
        return nfc(self.script.join_pattern.sub(lambda m: joins[m[0]], text) if joins else text)

    def _pieces(self, marks: str) -> Iterator[tuple[int, str]]:
        """What hangs on a cluster, in pieces with their rank."""
        for part in re.findall(f"[{chr(_PRIVATE)}-\uf8ff]|[^{chr(_PRIVATE)}-\uf8ff]+", marks):
            yield from self._split(self._texts.get(part, part), placed=part in self._texts)

    def _split(self, text: str, *, placed: bool) -> Iterator[tuple[int, str]]:
        s = self.script
        if placed and text.startswith(s.reph):
            yield _FIRST, s.reph
            text = text[len(s.reph) :]
        for piece in re.findall(f"{s.virama}[{s.consonants}]{s.nukta}?|.", text, re.DOTALL):
            is_dead = piece == s.virama
            yield _DEAD if is_dead else JOINED if len(piece) > 1 else s.ranks.get(piece, MARK), piece
