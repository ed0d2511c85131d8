"""The encodings of a table's columns: named by somebody, or found out from what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from mappers.bind import AUTO, FormMapping
from mappers.encodings import DecodedCell, Encoding, decode_cell
from mappers.encodings.carriers import UTF8, UTF16, undress
from mappers.encodings.detect import Detection, detect_column
from mappers.errors import EncodingUnclear, MappingError
from mappers.legacy import LegacyRow, LegacyTable
from mappers.toml import did_you_mean

PLAIN = "plain"
UNICODE = (UTF8, UTF16)
# Rows and distinct values looked at to find a column's encoding.
SAMPLE_ROWS = 2000
SAMPLE_VALUES = 300


@dataclass(frozen=True)
class Column:
    """One column. encoding: None for plain text. found: what detection said, None where the encoding was named."""

    name: str
    encoding: Encoding | None
    found: Detection | None = None

    @property
    def is_clear(self) -> bool:
        """Whether its encoding is known: named, or found beyond doubt."""
        return self.found is None or self.found.is_sure

    @property
    def is_unicode(self) -> bool:
        """Whether it holds letters of an Indian script as Unicode has them."""
        return self.found is not None and any(word in UNICODE for word, _ in self.found.evidence)

    @property
    def question(self) -> str:
        """What a person has to be asked."""
        return f"It is not clear which encoding {self.name} has ({self.choices or 'no candidate'})."

    @property
    def choices(self) -> str:
        """The likely encodings with their shares, for a person to choose from."""
        return ", ".join(f"{c.name} {c.share:.0%}" for c in (self.found.candidates[:3] if self.found else ()))

    def decode(self, cell: bytes | str) -> DecodedCell:
        """One of its cells as text."""
        stored = self.found.stored if isinstance(cell, bytes) and self.found is not None else ""
        if stored and isinstance(cell, bytes):
            cell = cell.decode("utf-8", "replace") if stored == UTF8 else undress(cell).text
        return decode_cell(self.encoding, cell)


@dataclass(frozen=True)
class Wanted:
    """What is said of encodings. known: by name. name: of all columns, "auto" to find out, "plain" for none.

    columns: column -> name, where it differs. expected: names that are likely here, the likeliest first.
    """

    known: Mapping[str, Encoding]
    name: str = AUTO
    columns: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse names that are not known. Raises MappingError with a near miss."""
        for name in (self.name, *self.columns.values()):
            if name not in (AUTO, PLAIN) and name not in self.known:
                raise MappingError(
                    f"no encoding {name}{did_you_mean(name, self.known)}; digitize encodings list names all"
                )


def take_sample(rows: Iterable[LegacyRow], width: int) -> list[list[bytes | str]]:
    """Distinct values of each column among the first rows, in the order in which they come."""
    columns: list[dict[bytes | str, None]] = [{} for _ in range(width)]
    for row in islice(rows, SAMPLE_ROWS):
        for values, cell in zip(columns, row.cells, strict=False):
            if cell and len(values) < SAMPLE_VALUES:
                values[cell] = None
    return [list(c) for c in columns]


def settle(table: LegacyTable, sample: Sequence[Sequence[bytes | str]], wanted: Wanted) -> tuple[Column, ...]:
    """The encoding of each column of a table: what was named, else what its values say.

    Columns are judged a second time knowing what the longest of each family is: one program wrote the whole table.
    """
    named = {c: wanted.columns.get(c, wanted.name) for c in table.columns}
    found = {
        c: detect_column(values, font=table.fonts.get(c, ""), expected=wanted.expected, found=wanted.known)
        for c, values in zip(table.columns, sample, strict=True)
        if named[c] == AUTO
    }
    neighbours = _told_best(found.values())
    for c, values in zip(table.columns, sample, strict=True):
        if c in found and neighbours and not (found[c].is_sure and found[c].best in ("", *neighbours)):
            expected = (*neighbours, *wanted.expected)
            found[c] = detect_column(values, font=table.fonts.get(c, ""), expected=expected, found=wanted.known)
    return tuple(Column(c, wanted.known.get(found[c].best if c in found else named[c]), found.get(c)) for c in named)


def _told_best(found: Iterable[Detection]) -> tuple[str, ...]:
    """Of each family, the encoding of the sure column with the most cells; the families with the most cells first."""
    best: dict[str, Detection] = {}
    for d in found:
        if d.is_sure and d.best and (d.family not in best or d.cells > best[d.family].cells):
            best[d.family] = d
    return tuple(d.best for d in sorted(best.values(), key=lambda d: -d.cells))


def peek(table: LegacyTable) -> tuple[LegacyTable, list[list[bytes | str]]]:
    """A table with the sample of each of its columns; its rows can still all be read."""
    rows = iter(table.rows)
    first = list(islice(rows, SAMPLE_ROWS))
    return replace(table, rows=chain(first, rows)), take_sample(first, len(table.columns))


def settle_mapping(
    mapping: FormMapping, table: LegacyTable, known: Mapping[str, Encoding], expected: Sequence[str]
) -> tuple[FormMapping, LegacyTable]:
    """A mapping with the encodings of its "auto" columns found out, and the table, still to be read.

    What a mapping names is compared with what the column looks like, unless the mapping says that a person has done so.
    Raises EncodingUnclear when an "auto" column could be several, or a named one clearly is of another family.
    """
    wanted = {r.source: r.encoding for r in mapping.all_rules}
    if mapping.encoding_checked and AUTO not in wanted.values():
        return mapping, table
    table, sample = peek(table)
    found = {c.name: c for c in settle(table, sample, Wanted(known, expected=tuple(expected))) if c.name in wanted}
    for name, column in found.items():
        _compare(mapping, name, wanted[name], column)
    chosen = {n: c.encoding for n, c in found.items() if wanted[n] == AUTO and c.encoding is not None}
    return replace(mapping, encodings={**mapping.encodings, **chosen}), table


def _compare(mapping: FormMapping, name: str, wanted: str, column: Column) -> None:
    if wanted == AUTO:
        if not column.is_clear:
            raise EncodingUnclear(f"{column.question} Name it in {mapping.file}: encoding = ...")
        return
    named = mapping.encodings.get(name)
    seen = column.encoding.info.name if column.encoding else "Unicode text" if column.is_unicode else ""
    if mapping.encoding_checked or not column.is_clear or not seen:
        return
    family = column.encoding.info.family if column.encoding else ""
    if (named.info.family if named else "") != family:
        raise EncodingUnclear(
            f"{name} looks like {seen}, not like {wanted or 'plain text'} as {mapping.file} says."
            " Compare a few rows with digitize inspect; then mend the mapping, or write encoding_checked = true there."
        )
