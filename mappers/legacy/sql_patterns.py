"""Patterns for the words and values of SQL dumps: of MySQL, PostgreSQL, SQL Server, SQLite and Oracle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

# Possessive throughout: behind a quote that never ends a search must not go back over megabytes.
SPACE = re.compile(rb"(?:[\s\0]++|/\*(?:[^*]++|\*(?!/))*+\*/|(?:--|#)[^\n]*+(?:\n|\Z))*+")
# Between statements, lines with a backslash are commands of psql.
BETWEEN = re.compile(rb"(?:[\s\0;]++|/\*(?:[^*]++|\*(?!/))*+\*/|(?:--|#|\\)[^\n]*+(?:\n|\Z))*+")
_S = rb"(?:[\s\0]++|--[^\n]*+\n|/\*(?:[^*]++|\*(?!/))*+\*/)*+"
_PART = rb"(?:`(?:[^`]++|``)++`|\[[^\]]++\]|\"(?:[^\"]++|\"\")++\"|[\w$@#\x80-\xff]++)"
_NAME = rb"(" + _PART + rb"(?:\s*+\.{1,2}\s*+" + _PART + rb")*+)"
_COLUMNS = rb"(?:\(" + _S + rb"(" + _PART + rb"(?:" + _S + rb"," + _S + _PART + rb")*+)" + _S + rb"\))?"
# Oracle's INSERT ALL has an INTO for each row; such an INTO begins a statement of its own here.
INSERT = re.compile(
    rb"(?:(?:INSERT|REPLACE)(?:\s+(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE|OR\s+\w+|(?:ALL|FIRST)(?=\s+INTO\s))\b)*"
    rb"(?:\s+INTO\b)?|INTO\b)" + _S + _NAME
    + _S + _COLUMNS + _S + rb"(?:OVERRIDING\s+\w+\s+VALUE" + _S + rb")?"
    rb"(VALUES?(?=[\s(/-])|SELECT\b|SET\b|EXEC\w*\b|DEFAULT\s+VALUES|WITH\b|INTO\b)",
    re.IGNORECASE,
)  # fmt: skip
COPY = re.compile(rb"COPY" + _S + _NAME + _S + _COLUMNS + _S + rb"FROM\s+stdin\b([^;\n]*+);?[^\n]*+\n", re.IGNORECASE)
CREATE = re.compile(
    rb"CREATE\s+(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED)\s+)*TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?" + _NAME + _S
    + rb"(?=\()",
    re.IGNORECASE,
)  # fmt: skip
USE = re.compile(rb"USE\s+(" + _PART + rb")\s*(?:;|\r?\n|\Z)", re.IGNORECASE)
SEARCH_PATH = re.compile(rb"SET\s+search_path\b|\bset_config\(\s*'search_path'", re.IGNORECASE)
DATABASE = re.compile(rb"^(?:--|#)[^\n]*?\bDatabase:[ \t]*(" + _PART + rb")[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
ROUTINE = re.compile(
    rb"(?:CREATE|ALTER)\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:TEMP\w*\s+)?"
    rb"(?:CONSTRAINT\s+)?(?:PROC|PROCEDURE|TRIGGER|FUNCTION|PACKAGE|EVENT)\b",
    re.IGNORECASE,
)
ROUTINE_END = re.compile(
    rb"^[ \t]*GO[ \t]*\r?$|^/[ \t]*\r?$|\bEND\b\s*\w*\s*;|\$(\w*)\$.*?\$\1\$[^;]*;|\bEXECUTE\s+\w+\s+[^;]*;",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
DELIMITER = re.compile(rb"DELIMITER\s+(\S+)[^\n]*+(?:\n|\Z)", re.IGNORECASE)
DELIMITER_BACK = re.compile(rb"^[ \t]*DELIMITER\s+;", re.IGNORECASE | re.MULTILINE)
_BEGIN = rb"[ \t]*(?:INSERT\s|INTO\s|REPLACE\s+INTO\s|CREATE\s|COPY\s|GO\s|DELIMITER\s)"
NEXT_STATEMENT = re.compile(rb"^" + _BEGIN, re.IGNORECASE | re.MULTILINE)
NEXT_ROW = re.compile(rb"\)\s*+,\s*+(?=\()|^" + _BEGIN, re.IGNORECASE | re.MULTILINE)
NEXT_SELECT = re.compile(rb"\bUNION\s+(?:ALL\s+)?SELECT\b", re.IGNORECASE)
OTHER = re.compile(
    rb"(?:[^'\"`;$/\-\n#iI]++|[iI](?!NSERT\s+INTO\s)|'(?:[^'\\]++|\\.|'')*+'|\"[^\"]*+\"|`[^`]*+`|\$(\w*+)\$.*?\$\1\$"
    rb"|--[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/|\n(?!" + _BEGIN + rb")|['\"`$/\-#])*+",
    re.IGNORECASE | re.DOTALL,
)
SQL_WORD = re.compile(
    rb"(?:SET|CREATE|INSERT|DROP|USE|BEGIN|PRAGMA|LOCK|ALTER|COPY|GO|IF|DECLARE|REPLACE|DELETE|TRUNCATE|EXEC|SELECT|REM"
    rb"|PROMPT|COMMIT|GRANT|START|DELIMITER|PRINT|COMMENT|REVOKE|UPDATE|REVOKE)\b",
    re.IGNORECASE,
)
SQL_LINE = re.compile(
    rb"^[ \t]*(?:INSERT\s+(?:INTO\s|\[|IGNORE\s|OR\s|(?:ALL|FIRST)\s+INTO\s)"
    rb"|REPLACE\s+INTO\s|CREATE\s+TABLE\s|COPY\s+[^\n]*FROM\s+stdin)"
    rb"|/\*!\d{5} ",
    re.IGNORECASE | re.MULTILINE,
)
_OF_MYSQL = re.compile(rb"-- (?:MySQL|MariaDB) dump|phpMyAdmin|/\*!\d{5}|ENGINE\s*=|^\s*(?:INSERT INTO|CREATE TABLE) `",
                       re.IGNORECASE | re.MULTILINE)  # fmt: skip
_OF_OLD_POSTGRES = re.compile(rb"standard_conforming_strings\s*=\s*'?off", re.IGNORECASE)


def has_backslash_escapes(head: bytes) -> bool:
    """Whether a backslash in a plain string is an escape: in dumps of MySQL, and of PostgreSQL that say so."""
    return bool(_OF_MYSQL.search(head) or _OF_OLD_POSTGRES.search(head))


@dataclass(frozen=True, slots=True)
class SqlGrammar:
    """The patterns of one dump.

    row: a row of plain values, with the comma behind it as a group where another row follows; run: many such rows;
    value: each value in one, for bytes and for text; token: any piece of a value.
    """

    has_backslash: bool
    row: re.Pattern[bytes]
    run: re.Pattern[bytes]
    value: re.Pattern[bytes]
    value_text: re.Pattern[str]
    token: re.Pattern[bytes]


@cache
def grammar(*, has_backslash: bool) -> SqlGrammar:
    """The patterns for dumps with or without backslash escapes in their strings."""
    escaped = rb"(?:[^'\\]++|''|\\.)*+"
    inner = escaped if has_backslash else rb"(?:[^']++|'')*+"
    any_value = rb"\s*+(?:[nN]?+'" + inner + rb"'|[-+\w.]++)\s*+"
    double = rb"(?:[^\"\\]++|\"\"|\\.)*+" if has_backslash else rb"(?:[^\"]++|\"\")*+"
    token = (
        rb"(?P<space>[\s\0]++|--[^\n]*+\n|/\*(?:[^*]++|\*(?!/))*+\*/)"
        rb"|[eE]'(?P<escaped>" + escaped + rb")'"
        rb"|(?:(?P<prefix>[nN]|[xXbB]|_\w++\s*+|[uU]&)?+'(?P<string>" + inner + rb")')"
        rb"|\"(?P<double>" + double + rb")\""
        rb"|\$(?P<tag>[A-Za-z_]?\w*+)\$(?P<dollar>.*?)\$(?P=tag)\$"
        rb"|(?P<name>`[^`]*+`|\[[^\]]*+\])"
        rb"|(?P<word>[\w.$@#\x80-\xff]++)"
        rb"|(?P<sign>::|\|\||[^\s'\"`$\w])"
    )  # fmt: skip
    row = rb"\(" + any_value + rb"(?:," + any_value + rb")*+\)"
    value = rb"[(,]\s*+(?:[nN]?+'(" + inner + rb")'|([-+\w.]++))"
    return SqlGrammar(
        has_backslash,
        re.compile(row + rb"(\s*+,\s*+(?=\())?+", re.DOTALL),
        re.compile(rb"(?:" + row + rb"\s*+,\s*+(?=\())*+", re.DOTALL),
        re.compile(value, re.DOTALL),
        re.compile(value.decode("ascii"), re.DOTALL | re.ASCII),
        re.compile(token, re.DOTALL),
    )


def strip_quotes(name: bytes) -> bytes:
    """A name without its quotes."""
    if name[:1] in (b"`", b'"') and len(name) > 1:
        return name[1:-1].replace(name[:1] * 2, name[:1])
    return name[1:-1] if name[:1] == b"[" else name


_PARTS = re.compile(_PART)


def name_parts(name: bytes) -> list[bytes]:
    """The parts of a name with dots, or the names of a list, unquoted."""
    return [strip_quotes(m) for m in _PARTS.findall(name)]
