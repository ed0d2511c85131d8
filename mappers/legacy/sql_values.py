"""What the values of SQL statements are as cells: strings, NULL, hex, casts, dates and simple functions."""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from mappers.legacy.lines import TextForm
from mappers.legacy.sql_patterns import SqlGrammar
from mappers.legacy.sql_tokens import SqlToken, from_hex, unquote

_FORMATS_SAID = 3
_FROM_1900 = date(1900, 1, 1).toordinal()
_LATEST = date.max.toordinal()
_NUMBERED = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|\+([0-9A-Fa-f]{6})|([0-9A-Fa-f]{4})|\\)")
_HEX = re.compile(rb"0[xX]((?:[0-9A-Fa-f]{2})*)\Z")


class Value(NamedTuple):
    """One value. kind: text, bare (a number or word), binary, null, or raw for what is not understood."""

    kind: str
    data: bytes = b""


_NULL = Value("null")


@dataclass
class SqlCells:
    """Values of one table made cells, and what was met on the way."""

    form: TextForm
    grammar: SqlGrammar
    nulls: int = 0
    expressions: int = 0
    formats: Counter[str] = field(default_factory=Counter)

    def notes(self) -> Iterator[str]:
        """What has to be said of the values."""
        if self.nulls:
            yield f"{self.nulls} cells are NULL and are delivered as empty"
        if self.expressions:
            yield f"{self.expressions} cells are expressions and are delivered as written"
        if self.formats:
            said = ", ".join(f for f, _ in self.formats.most_common(_FORMATS_SAID))
            yield f"dates are delivered as written; the file states their order as {said}"

    def plain(self, row: bytes) -> list[bytes | str]:
        """Cells of a row of plain values."""
        if self.form.encoding and b"\0" not in row:
            try:
                found = self.grammar.value_text.findall(row.decode("utf-8"))
            except UnicodeDecodeError:
                pass
            else:
                return [self._text_word(w) if w else s if "'" not in s and "\\" not in s else self._string(s.encode())
                        for s, w in found]  # fmt: skip
        return [self._word(w) if w else self._string(s) for s, w in self.grammar.value.findall(row)]

    def _text_word(self, word: str) -> bytes | str:
        # Only words that begin so can be NULL or hex; all others are spared the closer look.
        return word if word[0] not in "nN0" or word.isdigit() else self._word(word.encode())

    def read_cells(self, values: Sequence[Sequence[SqlToken]], data: bytes) -> list[bytes | str]:
        """Cells of a row of any values."""
        return [self._cell(self._value(v, data)) for v in values]

    def _string(self, text: bytes) -> bytes | str:
        if b"'" in text or b"\\" in text:
            text = unquote(text, self.grammar)
        return self.form.cell(text)

    def _word(self, word: bytes) -> bytes | str:
        if word[:1] in b"nN" and word.upper() == b"NULL":
            self.nulls += 1
            return ""
        m = _HEX.match(word)
        return bytes.fromhex(m[1].decode("ascii")) if m else self.form.cell(word)

    def _cell(self, value: Value) -> bytes | str:
        if value.kind == "null":
            self.nulls += 1
            return ""
        self.expressions += value.kind == "raw"
        return value.data if value.kind == "binary" else self.form.cell(value.data)

    def _value(self, tokens: Sequence[SqlToken], data: bytes) -> Value:
        found = self._join_terms(tokens)
        if found is None:
            return Value("raw", data[tokens[0].start : tokens[-1].end] if tokens else b"")
        return found

    def _join_terms(self, tokens: Sequence[SqlToken]) -> Value | None:
        """The value of terms with || or + between them; None when it is not understood."""
        terms = _split(tokens, (b"||", b"+")) if any(t.kind == "text" for t in tokens) else [list(tokens)]
        values = [self._term(t) for t in terms]
        if len(values) == 1:
            return values[0]
        if any(v is None for v in values):
            return None
        return Value("text", b"".join(v.data for v in values if v))

    def _term(self, tokens: Sequence[SqlToken]) -> Value | None:
        tokens = _strip_casts(tokens)
        if not tokens:
            return None
        first = tokens[0]
        if len(tokens) == 1:
            return _single(first)
        if first.kind == "sign" and first.data in (b"-", b"+") and len(tokens) == 2 and tokens[1].kind == "word":
            return Value("bare", first.data.replace(b"+", b"") + tokens[1].data)
        if first.data == b"(" and tokens[-1].data == b")":
            return self._join_terms(tokens[1:-1])
        if first.kind == "word" and tokens[1].data == b"(" and tokens[-1].data == b")":
            return self._call(first.data.lower(), _split(tokens[2:-1], (b",",)))
        if first.kind == "word" and len(tokens) == 2 and tokens[1].kind == "text":
            return Value("text", tokens[1].data)
        if all(t.kind == "text" for t in tokens):
            return Value("text", b"".join(t.data for t in tokens))
        return None

    def _call(self, name: bytes, arguments: Sequence[Sequence[SqlToken]]) -> Value | None:
        if name in (b"cast", b"try_cast", b"convert", b"try_convert"):
            return self._cast(name, arguments)
        values = [self._join_terms(a) for a in arguments]
        if any(v is None for v in values):
            return None
        known = [v for v in values if v is not None]
        if name in _DATES and known:
            if len(known) > 1 and known[1].kind == "text":
                self.formats[known[1].data.decode("utf-8", "replace")[:40]] += 1
            return known[0]
        return _FUNCTIONS[name](known) if name in _FUNCTIONS else None

    def _cast(self, name: bytes, arguments: Sequence[Sequence[SqlToken]]) -> Value | None:
        """CAST(x AS type), CONVERT(type, x), CONVERT(x, type), CONVERT(x USING set)."""
        if not arguments or not arguments[0]:
            return None
        tokens, kind = list(arguments[0]), b""
        at = next((i for i, t in enumerate(tokens) if t.kind == "word" and t.data.lower() in (b"as", b"using")), None)
        if at is not None:
            kind = tokens[at + 1].data.lower() if at + 1 < len(tokens) else b""
            tokens = tokens[:at]
        elif len(arguments) > 1:
            is_type_first = tokens[0].kind == "name" or (tokens[0].kind == "word" and not tokens[0].data[:1].isdigit())
            kind = tokens[0].data.lower() if is_type_first else b""
            tokens = list(arguments[1] if is_type_first else arguments[0])
        value = self._join_terms(tokens)
        kind = kind.strip(b"[]`")
        if value and value.kind == "binary" and kind in _MOMENTS:
            return _moment(value.data, kind) or value
        return value


def _single(token: SqlToken) -> Value | None:
    if token.kind == "text":
        return Value("text", token.data)
    if token.kind == "binary":
        return Value("binary", token.data)
    if token.kind == "word":
        if token.data.upper() in (b"NULL", b"DEFAULT"):
            return _NULL
        m = _HEX.match(token.data)
        return Value("binary", bytes.fromhex(m[1].decode("ascii"))) if m else Value("bare", token.data)
    return None


def _strip_casts(tokens: Sequence[SqlToken]) -> Sequence[SqlToken]:
    """The tokens before a :: or a COLLATE outside of brackets."""
    depth = 0
    for i, token in enumerate(tokens):
        depth += (token.data == b"(") - (token.data == b")") if token.kind == "sign" else 0
        if depth == 0 and (
            (token.kind == "sign" and token.data == b"::")
            or (token.kind == "word" and i and token.data.lower() in (b"collate", b"at"))
        ):
            return tokens[:i]
    return tokens


def _split(tokens: Sequence[SqlToken], signs: tuple[bytes, ...]) -> list[list[SqlToken]]:
    """The tokens between signs outside of brackets."""
    parts: list[list[SqlToken]] = [[]]
    depth = 0
    for token in tokens:
        is_sign = token.kind == "sign"
        if is_sign and depth == 0 and token.data in signs and (parts[-1] or token.data == b","):
            parts.append([])
            continue
        depth += (token.data == b"(") - (token.data == b")") if is_sign else 0
        parts[-1].append(token)
    return parts


def _characters(values: Sequence[Value]) -> Value | None:
    numbers = [int(v.data) for v in values if v.kind == "bare" and v.data.isdigit() and len(v.data) < 8]
    if len(numbers) != len(values) or any(n > 0x10FFFF or 0xD800 <= n < 0xE000 for n in numbers):
        return None
    return Value("text", b"".join(bytes([n]) if n < 256 else chr(n).encode() for n in numbers))


def _eval_replace(values: Sequence[Value]) -> Value | None:
    """REPLACE(text, old, new), as SQLite writes line breaks."""
    if len(values) != 3 or not values[1].data:
        return None
    text, old, new = (v.data for v in values)
    # A longer replacement could blow a short text up without end.
    return Value("text", text.replace(old, new)) if len(new) <= len(old) else None


def _from_numbers(values: Sequence[Value]) -> Value | None:
    """UNISTR(text): characters by their number, as SQLite 3.50 and newer write line breaks, and Oracle all others.

    Source: https://sqlite.org/lang_corefunc.html#unistr. Oracle gives those beyond 0xFFFF as two halves.
    """
    if len(values) != 1 or b"\\" in _NUMBERED.sub(b"", values[0].data):
        return None
    try:
        text = _NUMBERED.sub(lambda m: _read_code_point(m).encode("utf-8", "surrogatepass"), values[0].data)
        whole = text.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")
    except (ValueError, OverflowError):
        return None
    return Value("text", whole.encode())


def _read_code_point(m: re.Match[bytes]) -> str:
    number = m[1] or m[2] or m[3] or m[4]
    return chr(int(number, 16)) if number else "\\"


def _eval_concat(values: Sequence[Value]) -> Value | None:
    return Value("text", b"".join(v.data for v in values))


def _eval_same(values: Sequence[Value]) -> Value | None:
    return values[0] if len(values) == 1 else None


def _binary(values: Sequence[Value]) -> Value | None:
    return Value("binary", from_hex(values[0].data)) if len(values) == 1 else None


def _empty(values: Sequence[Value]) -> Value | None:
    return _NULL


_DATES = frozenset((b"to_date", b"to_timestamp", b"str_to_date", b"to_timestamp_tz"))
_FUNCTIONS: Mapping[bytes, Callable[[Sequence[Value]], Value | None]] = {
    b"chr": _characters,
    b"char": _characters,
    b"nchar": _characters,
    b"replace": _eval_replace,
    b"concat": _eval_concat,
    b"unistr": _from_numbers,
    b"to_clob": _eval_same,
    b"to_nclob": _eval_same,
    b"to_char": _eval_same,
    b"date": _eval_same,
    b"hextoraw": _binary,
    b"unhex": _binary,
    b"empty_clob": _empty,
    b"empty_blob": _empty,
}
_MOMENTS = frozenset((b"datetime", b"smalldatetime", b"date", b"datetime2"))


def _moment(data: bytes, kind: bytes) -> Value | None:
    """A moment that SQL Server wrote as hex, in ISO form; None when the bytes are none.

    datetime: days since 1900 and 300ths of a second; smalldatetime: days and minutes; date: days since the year 1.
    """
    if kind == b"date" and len(data) == 3:
        return _iso(int.from_bytes(data, "little") + 1, 0)
    if kind == b"smalldatetime" and len(data) == 4:
        days, minutes = struct.unpack(">HH", data)
        return _iso(_FROM_1900 + days, minutes * 60)
    if kind == b"datetime" and len(data) == 8:
        days, ticks = struct.unpack(">iI", data)
        return _iso(_FROM_1900 + days, ticks // 300)
    return None


def _iso(day: int, seconds: int) -> Value | None:
    if not 1 <= day <= _LATEST or seconds >= 86_400:
        return None
    text = date.fromordinal(day).isoformat()
    # timedelta shows hours below ten with one digit.
    return Value("bare", (f"{text} {timedelta(seconds=seconds)!s:0>8}" if seconds else text).encode())
