"""Meaning of a check constraint, independent of brackets and casts.

PostgreSQL describes a check in its own words, and differently after `pg_restore`: extra or fewer brackets, BETWEEN as
two comparisons, IN as an array. Versions differ as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

_WORD = re.compile(
    r"""\s*(?: (?P<number>\d+(?:\.\d+)?) | (?P<text>'(?:[^']|'')*') | (?P<name>"(?:[^"]|"")*"|[A-Za-z_]\w*)
          | (?P<sign>::|<>|!=|>=|<=|[()\[\],<>=+*/.-]) )""",
    re.VERBOSE,
)
_COMPARES = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TYPE_WORDS = {"character", "varying", "double", "precision", "time", "timestamp", "without", "with", "zone"}
Meaning = tuple[object, ...]


class _NotReadError(Exception):
    """A text that is not a check this parser understands."""


@cache
def meaning(text: str) -> Meaning | str:
    """Meaning of a constraint for comparison: a tree for a check that can be parsed, otherwise normalised text.

    Two checks with equal meanings accept the same rows; the converse need not hold.
    """
    plain = " ".join(text.split())
    found = re.fullmatch(r"CHECK \((.*)\)( NOT VALID)?", plain)
    if found is None:
        return re.sub(r" ?([(),]) ?", r"\1", plain)
    try:
        return ("check", _Reader(found[1]).parse(), bool(found[2]))
    except _NotReadError:
        return plain


def means_the_same(made: str, found: str) -> bool:
    """Whether two descriptions mean the same; a validated constraint is not weaker than one NOT VALID."""
    return meaning(made) in (meaning(found), meaning(f"{found} NOT VALID"))


@dataclass
class _Reader:
    """Parses an expression from left to right. at: position of the next token."""

    text: str
    at: int = 0

    def parse(self) -> Meaning:
        made = self._parse_joined("or")
        if self._next() is not None:
            raise _NotReadError
        return made

    def _next(self) -> tuple[str, str] | None:
        found = _WORD.match(self.text, self.at)
        if found is None:
            if self.text[self.at :].strip():
                raise _NotReadError
            return None
        kind = str(found.lastgroup)
        word = found[kind]
        return kind, word if kind == "text" else word.lower()

    def _take(self, *words: str) -> str:
        """The next token if it is one of these, "" otherwise; quoted text is not a token."""
        there = self._next()
        if there is None or there[0] == "text" or there[1] not in words:
            return ""
        self._step()
        return there[1]

    def _step(self) -> None:
        found = _WORD.match(self.text, self.at)
        assert found
        self.at = found.end()

    def _require(self, *words: str) -> str:
        if not (word := self._take(*words)):
            raise _NotReadError
        return word

    def _parse_joined(self, word: str) -> Meaning:
        """Operands joined by OR or AND: equal in any order and bracketing."""
        parts = [self._parse_joined("and") if word == "or" else self._parse_not()]
        while self._take(word):
            parts.append(self._parse_joined("and") if word == "or" else self._parse_not())
        flat = sorted({repr(p): p for part in parts for p in _parts(word, part)}.items())
        return flat[0][1] if len(flat) == 1 else (word, *(p for _, p in flat))

    def _parse_not(self) -> Meaning:
        return ("not", self._parse_not()) if self._take("not") else self._parse_comparison()

    def _parse_comparison(self) -> Meaning:
        left = self._value()
        if self._take("is"):
            is_not = bool(self._take("not"))
            self._require("null")
            return ("not null" if is_not else "null", left)
        if self._take("between"):
            low = self._value()
            self._require("and")
            return ("and", *sorted((("<=", left, self._value()), (">=", left, low)), key=repr))
        if self._take("in"):
            return ("in", left, self._parse_values("("))
        sign = self._take(*_COMPARES)
        if not sign:
            return left
        if sign == "=" and self._take("any"):
            return ("in", left, self._parse_any())
        return (_COMPARES[sign], left, self._value())

    def _parse_any(self) -> tuple[Meaning, ...]:
        """ANY (ARRAY[...]), with or without a cast and brackets around the array."""
        depth = 0
        while self._take("("):
            depth += 1
        self._require("array")
        values = self._parse_values("[")
        self._casts()
        for _ in range(depth):
            self._require(")")
            self._casts()
        return values

    def _parse_values(self, bracket: str) -> tuple[Meaning, ...]:
        self._require(bracket)
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        self._require({"(": ")", "[": "]"}[bracket])
        return tuple(sorted(set(values), key=repr))

    def _value(self) -> Meaning:
        made = self._bare()
        for kind in self._casts():
            made = _cast(made, kind)
        return made

    def _bare(self) -> Meaning:
        if self._take("("):
            made = self._parse_joined("or")
            self._require(")")
            return made
        sign = "-" if self._take("-") else ""
        there = self._next()
        if there is None or there[0] == "sign" or (sign and there[0] != "number"):
            raise _NotReadError
        self._step()
        kind, word = there
        if kind == "number":
            return ("number", str(Decimal(sign + word).normalize()))
        if kind == "name" and self._take("("):
            # What a function does is not known here: the text is compared as it is.
            raise _NotReadError
        return (kind, word.strip('"') if kind == "name" else word)

    def _casts(self) -> Iterator[str]:
        found = []
        while self._take("::"):
            there = self._next()
            if there is None or there[0] != "name":
                raise _NotReadError
            self._step()
            words = [there[1]]
            while (more := self._next()) and more[1] in _TYPE_WORDS:
                self._step()
                words.append(more[1])
            if self._take("["):
                self._require("]")
            found.append(" ".join(words))
        return iter(found)


def _parts(word: str, part: Meaning) -> tuple[Meaning, ...]:
    return part[1:] if part[0] == word else (part,)  # type: ignore[return-value]


def _cast(value: Meaning, kind: str) -> Meaning:
    """A value under a cast: on a constant it only changes storage, on a column it may change the value."""
    if value[0] == "text" and kind not in ("text", "character varying"):
        written = str(value[1])[1:-1]
        if re.fullmatch(r"-?\d+(\.\d+)?", written):
            return ("number", str(Decimal(written).normalize()))
        return ("cast", kind, value)
    return value if value[0] in ("text", "number") else ("cast", kind, value)
