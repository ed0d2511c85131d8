"""Rows of SQL statements cut into tokens, their strings without escapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from mappers.legacy.sql_patterns import SqlGrammar

_MOST_TOKENS = 100_000
_DEEPEST = 30
_MYSQL = re.compile(rb"\\(.)", re.DOTALL)
_MYSQL_MEANS = {
    # The last two keep their backslash, as they do in MySQL.
    b"0": b"\0", b"b": b"\b", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"Z": b"\x1a", b"%": rb"\%", b"_": rb"\_",
}  # fmt: skip
_POSTGRES = re.compile(rb"\\(x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-7]{1,3}|.)", re.DOTALL)
_POSTGRES_MEANS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_BEFORE_STRING = re.compile(
    rb"(?:date|time|timestamp|interval|binary|as|like|escape|using|collate|_\w+)\Z", re.IGNORECASE
)
_AFTER_STRING = re.compile(rb"(?:as|at|collate|using|escape)\Z", re.IGNORECASE)


class Broken(Exception):
    """A row is no row: what stands at a place cannot stand there."""


class Incomplete(Exception):
    """A row does not end before the data does."""


class SqlToken(NamedTuple):
    """One piece of a value. kind: text, binary, word, name or sign. start, end: its place."""

    kind: str
    data: bytes
    start: int
    end: int


def read_row(data: bytes, at: int, g: SqlGrammar) -> tuple[list[list[SqlToken]], int]:
    """The values of a row in brackets as their tokens, and where it ends.

    Raises Broken where something stands that cannot follow, Incomplete where the data ends first.
    """
    values: list[list[SqlToken]] = [[]]
    depth, count = 1, 0
    at += 1
    while (m := g.token.match(data, at)) is not None:
        token, at = _token(m, g), m.end()
        count += 1
        if token is None:
            continue
        if token.kind == "sign":
            depth += (token.data == b"(") - (token.data == b")")
        else:
            _check_neighbours(values[-1], token)
        if depth == 0:
            return ([] if values == [[]] else values), at
        if count > _MOST_TOKENS or depth > _DEEPEST:
            raise Broken
        if depth == 1 and token.kind == "sign" and token.data == b",":
            values.append([])
        else:
            values[-1].append(token)
    raise Incomplete


def _check_neighbours(before: Sequence[SqlToken], token: SqlToken) -> None:
    """No word stands right behind a string or before one, but for those that belong there."""
    last = before[-1] if before else None
    if last is None or last.kind == "sign":
        return
    if token.kind == "text" and last.kind == "word" and not _BEFORE_STRING.match(last.data):
        raise Broken
    if token.kind == "word" and last.kind == "text" and not _AFTER_STRING.match(token.data):
        raise Broken


def _token(m: re.Match[bytes], g: SqlGrammar) -> SqlToken | None:
    kind = m.lastgroup or ""
    start, end = m.span()
    if kind == "space":
        return None
    if kind == "escaped":
        return SqlToken("text", unescape_postgres(m["escaped"]), start, end)
    if kind == "string":
        prefix = (m["prefix"] or b"").strip().lower()
        text = unquote(m["string"], g)
        if prefix == b"x":
            return SqlToken("binary", from_hex(m["string"]), start, end)
        return SqlToken("binary" if prefix == b"_binary" else "text", text, start, end)
    if kind == "double":
        text = m["double"].replace(b'""', b'"')
        return SqlToken("text", unescape_mysql(text) if g.has_backslash else text, start, end)
    if m["dollar"] is not None:
        return SqlToken("text", m["dollar"], start, end)
    return SqlToken(kind, m[kind], start, end)


def unquote(text: bytes, g: SqlGrammar) -> bytes:
    """A string of this dump without its escapes."""
    if b"''" in text:
        text = text.replace(b"''", b"'") if not g.has_backslash or b"\\" not in text else _pairs(text)
    return unescape_mysql(text) if g.has_backslash and b"\\" in text else text


def _pairs(text: bytes) -> bytes:
    """Two quotes made one, but not where the first belongs to a backslash."""
    return re.sub(rb"(\\.)|''", lambda m: m[1] or b"'", text, flags=re.DOTALL)


def unescape_mysql(text: bytes) -> bytes:
    """Text without MySQL's backslash escapes."""
    return _MYSQL.sub(lambda m: _MYSQL_MEANS.get(m[1], m[1]), text)


def unescape_postgres(text: bytes) -> bytes:
    """Text of an E string without its escapes; those that name a character become UTF-8."""
    return _POSTGRES.sub(_postgres, _pairs(text))


def _postgres(m: re.Match[bytes]) -> bytes:
    code = m[1]
    if code[:1] == b"x" and len(code) > 1:
        return bytes([int(code[1:], 16)])
    if code[:1] in b"uU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number).encode("utf-8", "replace") if number < 0x110000 else m[0]
    if code.isdigit() and code < b"8":
        return bytes([int(code, 8) & 0xFF])
    return _POSTGRES_MEANS.get(code, code)


def from_hex(text: bytes) -> bytes:
    """The bytes that hex digits stand for; the digits themselves where they are none."""
    try:
        return bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return text
