"""Keys that a dump declares: PRIMARY KEY and FOREIGN KEY of CREATE TABLE, and those that ALTER TABLE adds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mappers.legacy import sql_patterns as sql
from mappers.legacy.sql_patterns import SqlGrammar, name_parts
from mappers.legacy.sql_scan import Scanner, SqlStatement
from mappers.legacy.table import ForeignKey

_ALTER = re.compile(
    rb"ALTER\s+TABLE\s+(?:ONLY\s+)?(?:IF\s+EXISTS\s+)?((?:`[^`]+`|\[[^\]]+\]|\"[^\"]+\"|[\w$@#\x80-\xff]+)"
    rb"(?:\s*\.\s*(?:`[^`]+`|\[[^\]]+\]|\"[^\"]+\"|[\w$@#\x80-\xff]+))*)",
    re.IGNORECASE,
)
_MOST_TOKENS = 20_000
_NOT_COLUMNS = frozenset(b"primary key unique constraint index foreign check fulltext spatial exclude like".split())
# Behind one of these another statement begins, where no semicolon stands between.
_NEXT = frozenset(b"go alter create insert use drop".split())


@dataclass
class DeclaredKeys:
    """What a dump declares. primary: table -> its key; foreign: table -> what its columns refer to; names as compared:
    of a table the last part, in small letters.
    """

    primary: dict[str, tuple[str, ...]] = field(default_factory=dict)
    foreign: dict[str, list[ForeignKey]] = field(default_factory=dict)

    def find_keys(self, table: str) -> tuple[ForeignKey, ...]:
        """What columns of a table refer to; where only the other table is named, its primary key is meant."""
        found = self.foreign.get(table.casefold(), [])
        whole = (k if k.to else k._replace(to=self.primary.get(k.table.casefold(), ())) for k in found)
        return tuple(dict.fromkeys(k for k in whole if len(k.to) == len(k.columns)))

    def read(self, table: str, tokens: Sequence[bytes], *, is_create: bool) -> None:
        """Take in the body of a statement about a table."""
        at = depth = 0
        column, is_first = "", True
        own: tuple[str, ...] = ()
        while at < len(tokens):
            token, word = tokens[at], tokens[at].lower()
            at += 1
            depth += (token == b"(") - (token == b")")
            if is_create and depth == 1 and is_first and token not in b"(,)":
                column, own = (_show_name(token), ()) if word not in _NOT_COLUMNS else ("", ())
            is_first = depth == 1 and token in (b"(", b",")
            if word == b"key" and at > 1 and tokens[at - 2].lower() in (b"foreign", b"primary"):
                names, end = _list(tokens, at)
                if tokens[at - 2].lower() == b"primary":
                    self.primary.setdefault(table.casefold(), names or ((column,) if column else ()))
                else:
                    own = names
                at = end
            elif word == b"references":
                to_table, at = _name(tokens, at)
                to, at = _list(tokens, at)
                columns = own or ((column,) if column else ())
                if columns and to_table:
                    self.foreign.setdefault(table.casefold(), []).append(ForeignKey(columns, to_table, to))
                own = ()


def _name(tokens: Sequence[bytes], at: int) -> tuple[str, int]:
    """The last part of a name with dots, and the place behind it."""
    parts: list[bytes] = []
    while at < len(tokens) and tokens[at] not in (b"(", b")", b",", b";"):
        if parts and not (tokens[at].startswith(b".") or parts[-1].endswith(b".")):
            break
        parts.append(tokens[at])
        at += 1
    names = name_parts(b"".join(parts))
    return (names[-1].decode("utf-8", "replace") if names else ""), at


def _list(tokens: Sequence[bytes], at: int) -> tuple[tuple[str, ...], int]:
    """The names in the brackets that come next, and the place behind them; none where no bracket comes."""
    # MySQL may name an index, and SQL Server says CLUSTERED, before the bracket.
    start = next((i for i in range(at, min(at + 3, len(tokens))) if tokens[i] == b"("), -1)
    if start < 0 or any(t in (b",", b";", b")") or t.lower() == b"references" for t in tokens[at:start]):
        return (), at
    end = next((i for i in range(start, len(tokens)) if tokens[i] == b")"), len(tokens))
    names = [t for t in tokens[start + 1 : end] if t != b"," and t.lower() not in (b"asc", b"desc")]
    return tuple(map(_show_name, names)), end + 1


def _show_name(token: bytes) -> str:
    names = name_parts(token)
    return names[-1].decode("utf-8", "replace") if names else ""


@dataclass
class KeyScanner(Scanner):
    """A scanner that notes, beside what it finds, which keys are declared; it reads no further for it."""

    keys: DeclaredKeys = field(default_factory=DeclaredKeys)

    def _statement(self) -> SqlStatement | None:
        w = self.window
        first = w.data[w.at : w.at + 1].lower()
        pattern = sql.CREATE if first == b"c" else _ALTER if first == b"a" else None
        if pattern is not None and (m := pattern.match(w.data, w.at)):
            names = name_parts(m[1])
            if names:
                body = list(_body(self.grammar, w.data, m.end(), is_create=first == b"c"))
                self.keys.read(names[-1].decode("utf-8", "replace"), body, is_create=first == b"c")
        return super()._statement()


def _body(grammar: SqlGrammar, data: bytes, at: int, *, is_create: bool) -> Iterator[bytes]:
    """The tokens of a statement, as far as they are at hand."""
    depth = 0
    for _ in range(_MOST_TOKENS):
        m = grammar.token.match(data, at)
        if m is None:
            return
        at = m.end()
        if m.lastgroup == "space":
            continue
        depth += (m[0] == b"(") - (m[0] == b")")
        if m[0] == b";" or (not is_create and depth == 0 and m[0].lower() in _NEXT):
            return
        yield m[0]
        if is_create and depth == 0:
            return
