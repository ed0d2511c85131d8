"""The encodings of a table's columns: named by somebody, or found out from what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, zip_longest

from mappers.binding.bound import AUTO, FormMapping
from mappers.encodings import DecodedCell, Encoding, decode_cell
from mappers.encodings.carriers import UTF8, UTF16, undress
from mappers.encodings.detect import Detection, detect_column
from mappers.errors import EncodingUnclear, MappingError
from mappers.legacy import LegacyRow, LegacyTable
from mappers.legacy.table import MEMO_MISSING
from mappers.mapping.left_rows import leave_rows
from mappers.toml import did_you_mean

PLAIN = "plain"
UNICODE = (UTF8, UTF16)
# Rows and distinct values looked at to find a column's encoding.
SAMPLE_ROWS = 2000
SAMPLE_VALUES = 300
_FULL, _TOGETHER = 2 * SAMPLE_VALUES, 500
# From which share on later rows of a column may be said to look like something else.
_LIKELY = 0.5


@dataclass(frozen=True)
class EncodedColumn:
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

    @property
    def looks(self) -> str:
        """What it looks like, for people."""
        return self.encoding.info.name if self.encoding else "Unicode text" if self.is_unicode else "plain text"

    def is_another_font(self, other: EncodedColumn) -> bool:
        """Whether it more likely than not is in a font, of another family than another column is in.

        English and Unicode are no matter: cells of these are left alone in a font's column.
        """
        if self.encoding is None or self.found is None or self.found.margin < _LIKELY:
            return False
        return other.encoding is None or other.encoding.info.family != self.encoding.info.family

    def decode(self, cell: bytes | str) -> DecodedCell:
        """One of its cells as text."""
        if cell == MEMO_MISSING:
            return DecodedCell(MEMO_MISSING, MEMO_MISSING, 0.0, ("memo-missing",))
        # A file that was saved anew has the font's characters as UTF-8 or UTF-16: these are taken out first.
        stored = self.found.stored if isinstance(cell, bytes) and self.found is not None else ""
        if stored and isinstance(cell, bytes):
            cell = cell.decode("utf-8", "replace") if stored == UTF8 else undress(cell).text
        return decode_cell(self.encoding, cell)


@dataclass(frozen=True)
class WantedEncoding:
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
            if cell and cell != MEMO_MISSING and len(values) < SAMPLE_VALUES:
                values[cell] = None
    return [list(c) for c in columns]


def settle(
    table: LegacyTable, sample: Sequence[Sequence[bytes | str]], wanted: WantedEncoding
) -> tuple[EncodedColumn, ...]:
    """The encoding of each column of a table: what was named, else what its values say.

    Columns are judged a second time knowing what the longest of each family is: one program wrote the whole table.
    """
    named = {c: wanted.columns.get(c, wanted.name) for c in table.columns}
    found = {
        c: detect_column(values, font=table.fonts.get(c, ""), expected=wanted.expected, found=wanted.known)
        for c, values in zip(table.columns, sample, strict=True)
        if named[c] == AUTO
    }
    neighbours = _pick_sure_encodings(found.values())
    for c, values in zip(table.columns, sample, strict=True):
        if c in found and neighbours and not (found[c].is_sure and found[c].best in ("", *neighbours)):
            expected = (*neighbours, *wanted.expected)
            found[c] = detect_column(values, font=table.fonts.get(c, ""), expected=expected, found=wanted.known)
    return tuple(
        EncodedColumn(c, wanted.known.get(found[c].best if c in found else named[c]), found.get(c)) for c in named
    )


def _pick_sure_encodings(found: Iterable[Detection]) -> tuple[str, ...]:
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


class _Later:
    """Values of a table's columns that come behind those looked at first, evenly chosen."""

    def __init__(self, width: int) -> None:
        self.columns: list[dict[bytes | str, None]] = [{} for _ in range(width)]
        self._every = [1] * width
        self._seen = [0] * width

    def add(self, rows: Sequence[Sequence[bytes | str]]) -> None:
        """Take in the cells of some rows. Of each column fewer and fewer values are kept, the longer it is."""
        for at, column in enumerate(zip_longest(*rows)):
            if at < len(self.columns):
                self._add(at, [cell for cell in column if cell and cell != MEMO_MISSING])

    def _add(self, at: int, filled: Sequence[bytes | str]) -> None:
        every, first = self._every[at], -(self._seen[at] + 1) % self._every[at]
        whole = {**self.columns[at], **dict.fromkeys(filled[first::every])}
        if len(whole) < _FULL:
            self.columns[at] = whole
            self._seen[at] += len(filled)
            return
        for cell in filled:
            values = self.columns[at]
            self._seen[at] += 1
            if self._seen[at] % self._every[at] == 0:
                values[cell] = None
                if len(values) >= _FULL:
                    # Every second one goes, and half as many are taken from here on.
                    self._every[at] *= 2
                    self.columns[at] = dict.fromkeys(list(values)[::2])

    def sample(self) -> list[list[bytes | str]]:
        """Of each column SAMPLE_VALUES values at most, from its whole length."""
        return [list(values)[:: len(values) // SAMPLE_VALUES + 1] for values in self.columns]


def watch(table: LegacyTable, columns: Sequence[EncodedColumn], wanted: WantedEncoding) -> LegacyTable:
    """A table whose later rows are compared with what was found out of its columns from the first.

    Its rows raise EncodingUnclear behind the last one when a column holds text of another family there.
    """

    def compare(later: Sequence[EncodedColumn]) -> None:
        changed = [
            f"{old.name}: the first {SAMPLE_ROWS} rows look like {old.looks}, later ones like {new.looks}."
            for old, new in zip(columns, later, strict=True)
            if old.found is not None and new.is_another_font(old)
        ]
        if changed:
            raise EncodingUnclear(f"{table.name}: {' '.join(changed)}")

    return replace(table, rows=_watch_rows(table, wanted, compare))


def _watch_rows(
    table: LegacyTable, wanted: WantedEncoding, compare: Callable[[Sequence[EncodedColumn]], None]
) -> Iterator[LegacyRow]:
    rows = iter(table.rows)
    yield from islice(rows, SAMPLE_ROWS)
    later = _Later(len(table.columns))
    waiting: list[Sequence[bytes | str]] = []
    for row in rows:
        waiting.append(row.cells)
        # By columns, which takes a fifth of the time that it takes by rows.
        if len(waiting) == _TOGETHER:
            later.add(waiting)
            waiting.clear()
        yield row
    later.add(waiting)
    if any(later.columns):
        compare(settle(table, later.sample(), wanted))


def settle_mapping(
    mapping: FormMapping,
    table: LegacyTable,
    known: Mapping[str, Encoding],
    expected: Sequence[str],
    *,
    may_doubt: bool = False,
) -> tuple[FormMapping, LegacyTable]:
    """A mapping with the encodings of its "auto" columns found out, and the table, still to be read; rows that the
    mapping leaves out are marked.

    may_doubt: an "auto" column that could be several takes the likeliest, and all its values are doubted.

    What a mapping names is compared with what the column looks like, unless the mapping says that a person has done so.
    Raises EncodingUnclear when an "auto" column could be several, or a named one clearly is of another family; so do
    the rows, behind the last one, when later rows show it.
    """
    mapping, table = _settle_encodings(mapping, table, known, expected, may_doubt)
    return mapping, leave_rows(mapping, table)


def _settle_encodings(
    mapping: FormMapping, table: LegacyTable, known: Mapping[str, Encoding], expected: Sequence[str], may_doubt: bool
) -> tuple[FormMapping, LegacyTable]:
    wanted = {r.source: r.encoding for r in mapping.all_rules}
    if mapping.encoding_checked and AUTO not in wanted.values():
        return mapping, table
    table, sample = peek(table)
    free = WantedEncoding(known, expected=tuple(expected))
    settled = settle(table, sample, free)
    found = {c.name: c for c in settled if c.name in wanted}
    doubted = {n for n, c in found.items() if may_doubt and wanted[n] == AUTO and not c.is_clear}
    for name, column in found.items():
        if name not in doubted:
            _compare(mapping, name, wanted[name], column)

    def compare(later: Sequence[EncodedColumn]) -> None:
        for old, new in zip(settled, later, strict=True):
            is_auto = wanted.get(old.name) == AUTO
            if old.name in doubted:
                continue
            if is_auto and new.is_another_font(old):
                raise EncodingUnclear(
                    f"{old.name}: the first {SAMPLE_ROWS} rows look like {old.looks}, later ones like {new.looks}."
                    f" Name it in {mapping.file}: encoding = ..."
                )
            if old.name in wanted and not is_auto and new.encoding is not None:
                _compare(mapping, old.name, wanted[old.name], new)

    table = replace(table, rows=_watch_rows(table, free, compare))
    return _bind_encodings(mapping, {n: c for n, c in found.items() if wanted[n] == AUTO}, doubted), table


def _bind_encodings(mapping: FormMapping, found: Mapping[str, EncodedColumn], doubted: set[str]) -> FormMapping:
    """A mapping with the encodings of its "auto" columns. doubted: those of which it is a guess."""
    chosen = {n: c.encoding for n, c in found.items() if c.encoding is not None}
    told = (f"{found[n].question} The likeliest is taken, every value doubted." for n in sorted(doubted))
    return replace(
        mapping,
        encodings={**mapping.encodings, **chosen},
        doubted=frozenset(doubted),
        notes=(*mapping.notes, *told),
    )


def _compare(mapping: FormMapping, name: str, wanted: str, column: EncodedColumn) -> None:
    if wanted == AUTO:
        if not column.is_clear:
            raise EncodingUnclear(f"{column.question} Name it in {mapping.file}: encoding = ...")
        return
    named = mapping.encodings.get(name)
    seen = column.looks if column.encoding or column.is_unicode else ""
    if mapping.encoding_checked or not column.is_clear or not seen:
        return
    family = column.encoding.info.family if column.encoding else ""
    if (named.info.family if named else "") != family:
        raise EncodingUnclear(
            f"{name} looks like {seen}, not like {wanted or 'plain text'} as {mapping.file} says."
            " Compare a few rows with digitize inspect; then correct the mapping, or set encoding_checked = true there."
        )
