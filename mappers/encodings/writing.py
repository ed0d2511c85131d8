"""Writing Unicode in a font's codes: spellings are tried, the plainest first, until one reads as the text.

What the engine reads is the measure: whatever a spelling looks like, it is good when decoding gives the text back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from mappers.encodings.encoding import EncodingInfo
from mappers.encodings.scripts import ROLES, Script
from mappers.text.memory import Memory


class _Table(Protocol):
    """What is asked of a table that text is written in; see `engine.FontTable`."""

    @property
    def info(self) -> EncodingInfo:
        """Its name, for messages."""

    @property
    def script(self) -> Script:
        """The script of its text."""

    @property
    def codes(self) -> Mapping[str, str]:
        """Characters of the font -> text."""

    @property
    def roles(self) -> Mapping[str, str]:
        """Codes -> how they stand."""

    @property
    def digits(self) -> Mapping[str, str]:
        """Letters typed for a digit -> that digit."""

    @property
    def shape(self) -> tuple[str, str, str]:
        """Patterns of a cluster or vowel, of what may follow it, of a consonant."""

    @property
    def codes_pattern(self) -> re.Pattern[str]:
        """Finds its codes, longest first."""

    def decode(self, text: str) -> str:
        """Its characters as Unicode."""


@dataclass(frozen=True, eq=False)
class FontWriter:
    """Writes text in one table's codes."""

    table: _Table

    @property
    def _script(self) -> Script:
        return self.table.script

    def write(self, text: str) -> str:
        """NFC text as codes. Raises ValueError naming the first character for which the font has no spelling."""
        return "".join(map(self._syllable_codes.__getitem__, self._syllables_of_text.findall(text)))

    @cached_property
    def _syllable_codes(self) -> Memory[str]:
        return Memory(self._write_syllable)

    @cached_property
    def _syllables_of_text(self) -> re.Pattern[str]:
        if not self._script.start:
            return re.compile(".", re.DOTALL)
        cluster, tail, consonant = self.table.shape
        number = (
            f"[{chr(self._script.start + 0x66)}-{chr(self._script.start + 0x6F)}/]{{2,}}|" if self.table.digits else ""
        )
        return re.compile(f"{number}{cluster}{tail}*|.", re.DOTALL)

    def _write_syllable(self, syllable: str) -> str:
        for spelling in self._spellings(syllable):
            if spelling and not self._is_open(spelling) and self.table.decode(spelling) == syllable:
                return spelling
        if syllable.isspace() or (syllable.isascii() and self.table.decode(syllable) == syllable):
            return syllable
        raise ValueError(f"{self.table.info.name} has no code for U+{ord(syllable[0]):04X}")

    def _is_open(self, spelling: str) -> bool:
        """Whether a spelling ends in a mark that is written before a letter: the next syllable would take it."""
        return self.table.roles.get(self.table.codes_pattern.findall(spelling)[-1]) == "pre"

    def _spellings(self, syllable: str) -> Iterator[str | None]:
        """Ways to write a syllable, the plainest first."""
        m = self._parts_of_text.fullmatch(syllable) if self._script.start else None
        reph, cluster, behind = (m.group(1) or "", m.group(2), m.group(3)) if m else ("", "", "")
        # Where letters do not stack they mostly stand side by side; elsewhere that is tried last.
        if not self._script.stacks:
            yield from self._side_by_side(syllable)
        if not reph:
            yield from self._spell_stacked(cluster, unicodedata.normalize("NFD", behind))
            yield self._greedy(syllable)
            yield self._greedy(unicodedata.normalize("NFD", syllable))
        for tail in dict.fromkeys((behind, unicodedata.normalize("NFD", behind))):
            for joined in range(len(cluster)):
                kept, below = cluster[: len(cluster) - joined], cluster[len(cluster) - joined :]
                if not below or below.startswith(self._script.virama):
                    yield from self._arrange_tail(reph, kept, below, tail)
        yield self._greedy(syllable)
        if self._script.stacks:
            yield from self._side_by_side(syllable)

    def _side_by_side(self, syllable: str) -> Iterator[str | None]:
        """Spellings of a cluster cut behind a virama that shows: what is written before a letter stands after it."""
        for m in reversed(list(re.finditer(self._script.virama, syllable))):
            dead, alive = syllable[: m.end()], syllable[m.end() :]
            is_one = syllable[m.start() - 1 : m.end() + 1] in self._spelled_by_role[""]
            before = None if is_one or alive[:1] not in self._script.consonants else self._greedy(dead)
            if before is not None and alive:
                yield from (before + s for s in self._spellings(alive) if s)

    def _spell_stacked(self, cluster: str, behind: str) -> Iterator[str | None]:
        """Spellings with the letters below typed behind the vowel sign that their letter is shown with."""
        if cluster in self._spelled_by_role[""]:
            return
        marks = len(behind) - len(behind.lstrip(self._script.leading))
        base, *joined = re.split(f"(?={self._script.virama})", cluster)
        for kept in range(len(joined) - 1, -1, -1):
            below = [self._code_of("post", j) for j in joined[kept:]]
            letter = self._greedy(base + "".join(joined[:kept]) + behind[:marks])
            rest = self._greedy(behind[marks:])
            if letter is not None and rest is not None and None not in below:
                yield letter + "".join(filter(None, below)) + rest

    @cached_property
    def _parts_of_text(self) -> re.Pattern[str]:
        cluster, _, consonant = self.table.shape
        return re.compile(f"({self._script.reph}(?={consonant}))?({cluster})(.*)", re.DOTALL)

    def _arrange_tail(self, reph: str, cluster: str, below: str, tail: str) -> Iterator[str | None]:
        """Spellings with the signs of a tail before, behind, and together with the reph."""
        for cut in range(len(tail) + 1):
            before, after = tail[:cut], tail[cut:]
            pre = self._code_of("pre", before) if before else ""
            for where in (reph + after, reph):
                post = self._code_of("post", where) if reph else ""
                rest = self._greedy(after) if where == reph or not reph else ""
                base, joined = self._greedy(cluster), self._encode_below(below)
                ahead = self._code_of("pre", below)
                if ahead is not None and None not in (pre, rest, base):
                    yield f"{pre}{ahead}{base}{rest}{post or ''}"
                if None not in (pre, post, rest, base, joined):
                    yield f"{pre}{base}{joined}{rest}{post}"
                    yield f"{pre}{base}{rest}{joined}{post}"
                    yield f"{pre}{base}{joined}{post}{rest}"

    def _encode_below(self, joined: str) -> str | None:
        if not joined:
            return ""
        code = self._code_of("post", joined)
        return code if code is not None else self._greedy(joined)

    def _code_of(self, role: str, text: str) -> str | None:
        return self._spelled_by_role[role].get(text)

    @cached_property
    def _spelled_by_role(self) -> Mapping[str, Mapping[str, str]]:
        """Role -> text -> codes for writing; of several, the first in the table."""
        spelled: dict[str, dict[str, str]] = {r: {} for r in ROLES}
        for codes, text in self.table.codes.items():
            spelled[self.table.roles.get(codes, "")].setdefault(text, codes)
        for letter, digit in self.table.digits.items():
            spelled[""].setdefault(digit, spelled[""][letter])
        return spelled

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._spelled_by_role[""]), default=0)

    def _greedy(self, text: str) -> str | None:
        """Codes that show a text piece by piece, the longest first; None where a piece has none."""
        spelled = self._spelled_by_role[""]
        out: list[str] = []
        at = 0
        while at < len(text):
            size = next((n for n in range(self._longest, 0, -1) if text[at : at + n] in spelled), 0)
            if not size:
                return None
            out.append(spelled[text[at : at + size]])
            at += size
        return "".join(out)
