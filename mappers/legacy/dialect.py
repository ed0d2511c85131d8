"""How the cells of a delimited text are set apart: separator, quotes and escapes, found from its first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS = ",;\t|^"
_FEWEST_ALIKE = 0.5
# A file of two columns is told from prose only where nearly all lines agree.
_FEWEST_PAIRS = 0.8
# Of all quotes, so many must open or close a cell; the rest may be inches or letters of a font.
_FEWEST_AT_BORDERS = 0.95
_MOST_COLUMNS = 4096
_LONGEST_NAME = 64
_ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"0": b"\0", b"Z": b"\x1a"}
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TextDialect:
    """How a line is cut. quote, escape: "" for none. is_copy: tab-separated, escaped as COPY blocks of PostgreSQL are.

    width: cells in most rows. skips_blanks: blanks between a separator and a quote belong to no cell.
    """

    separator: str
    quote: str = ""
    escape: str = ""
    is_copy: bool = False
    width: int = 0
    skips_blanks: bool = False

    def split(self, line: str) -> list[str]:
        """A line cut at every separator, quotes or not."""
        return line.rstrip("\r\n").split(self.separator)


def find_dialect(lines: Sequence[str]) -> TextDialect | None:
    """The dialect that gives the same number of cells, two or more, in most lines.

    Of dialects that fit equally well, one whose quotes open and close at the borders of cells wins, then the wider
    table. lines: the first ones, one character a byte. None where no dialect does so in enough lines.
    """
    filled = [x for x in lines if x.strip()]
    text = "".join(filled)
    best: tuple[tuple[float, bool, int, int], TextDialect] | None = None
    for order, dialect in enumerate(_candidates(text, filled)):
        width, share = fit_lines(filled, dialect)
        # Rounded to a tenth, so that a few broken lines do not let a narrower table win. Quotes go before the width:
        # where each row has as many separators inside its quotes, the table is as even without them, and wider.
        score = (round(share, 1), _encloses_cells(text, dialect), width, -order)
        is_enough = share >= (_FEWEST_ALIKE if width > 2 else _FEWEST_PAIRS)
        # A single line may be prose: it must have three cells at least, and short ones.
        is_proven = len(filled) > 1 or (width > 2 and max(map(len, dialect.split(filled[0]))) <= _LONGEST_NAME)
        if width > 1 and is_enough and is_proven and (not best or score > best[0]):
            best = (score, replace(dialect, width=width))
    return best[1] if best and best[1].width <= _MOST_COLUMNS else None


def _encloses_cells(text: str, dialect: TextDialect) -> bool:
    """Whether the quotes of a text are quotes: nearly all of them open or close a cell of this dialect."""
    if not dialect.quote or not (in_all := text.count(dialect.quote)):
        return False
    q, s = re.escape(dialect.quote), re.escape(dialect.separator)
    blanks = " *" if dialect.skips_blanks else ""
    escaped = r"\\.|" if dialect.escape else ""
    plain = rf"[^\\{q}]++" if dialect.escape else rf"[^{q}]++"
    enclosed = re.compile(
        rf"(?:^|{s}){blanks}({q}(?:{escaped}{plain}|{q}{q})*+{q}){blanks}(?=[{s}\r\n]|\Z)", re.M | re.S
    )
    return sum(m[1].count(dialect.quote) for m in enclosed.finditer(text)) >= in_all * _FEWEST_AT_BORDERS


def _candidates(text: str, lines: Sequence[str]) -> Iterator[TextDialect]:
    """Dialects that can be meant, likelier ones first. Quotes and backslashes can be letters of a font."""
    for separator in SEPARATORS:
        if separator not in text:
            continue
        if separator == "\t" and re.search(r"(?:^|\t)\\N(?=\t|\r|\n|$)", text, re.MULTILINE):
            copy, quoted = TextDialect(separator, is_copy=True), TextDialect(separator, '"')
            # MySQL writes NULL so in quoted text, too; a cell of COPY never goes over several lines.
            yield quoted if fit_lines(lines, quoted) > fit_lines(lines, copy) else copy
            continue
        s = re.escape(separator)
        escaped = re.search(rf'\\"[^"{s}\r\n]', text) is not None and re.search(rf'(?:^|{s})"', text, re.MULTILINE)
        if escaped:
            yield TextDialect(separator, '"', "\\")
        if re.search(rf'{s} +"[^"\r\n]*+"', text):
            yield TextDialect(separator, '"', skips_blanks=True)
        yield TextDialect(separator, '"')
        yield TextDialect(separator)
        if "\\" + separator in text:
            yield TextDialect(separator, "", "\\")
        wrapped = len(re.findall(rf"(?:^|{s})'[^'\r\n]*+'(?=[{s}\r\n]|$)", text, re.MULTILINE))
        if wrapped * 2 > len(re.findall(rf"(?:^|{s})'|'(?=[{s}\r\n]|$)", text, re.MULTILINE)) * 0.8:
            yield TextDialect(separator, "'")


def fit_lines(lines: Sequence[str], dialect: TextDialect) -> tuple[int, float]:
    """(cells in most rows, share of the lines that such rows take up)."""
    covered: Counter[int] = Counter()
    if dialect.is_copy or not (dialect.quote or dialect.escape):
        covered.update(len(dialect.split(x)) for x in lines)
    else:
        reader = csv_reader(lines, dialect)
        before = 0
        try:
            for row in reader:
                covered[len(row)] += reader.line_num - before
                before = reader.line_num
        except csv.Error:
            covered[0] += len(lines) - before
    width, alike = max(covered.items(), key=lambda w: (w[1], w[0]), default=(0, 0))
    return width, alike / max(len(lines), 1)


def csv_reader(lines: Iterator[str] | Sequence[str], dialect: TextDialect, *, strict: bool = False) -> CsvReader:
    """The reader of the standard library for a dialect."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE
    return csv.reader(
        lines, delimiter=dialect.separator, quotechar=dialect.quote or None, escapechar=dialect.escape or None,
        quoting=quoting, strict=strict, skipinitialspace=dialect.skips_blanks,
    )  # fmt: skip


def unescape_copy(cell: bytes) -> bytes | None:
    """A cell of a COPY block without its escapes; None for NULL."""
    if b"\\" not in cell:
        return cell
    return None if cell == b"\\N" else _ESCAPE.sub(_unescape, cell)


def _unescape(m: re.Match[bytes]) -> bytes:
    code = m[1]
    if code[:1] == b"x" and len(code) > 1:
        return bytes([int(code[1:], 16)])
    if code.isdigit() and code < b"8":
        return bytes([int(code, 8) & 0xFF])
    return _ESCAPES.get(code, code)
