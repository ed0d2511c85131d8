"""A register file drafted from scans: its columns by their rules, ids by their heads, kinds by what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from rapidfuzz import fuzz

from digitize.errors import InputError
from digitize.files.forms.labels import slug_of
from digitize.files.forms.library import NamedPage
from mappers.names import romanise
from ocr.drafting.ruled_columns import (
    AgreedColumns,
    HeadReader,
    RuledPage,
    agree_columns,
    count_running,
    find_rules,
    guess_language,
)
from ocr.engine import Engine
from ocr.forms.form import Kind
from ocr.forms.grammar import fit, trim_lines
from ocr.languages.language import known_languages
from ocr.languages.lexicon import fold_text
from ocr.languages.script import fold_digits
from ocr.languages.writing import language_of, script_of_language, scripts_in
from ocr.registers import RegisterForm, Registers, RegisterSettings
from ocr.registers.cell_reader import CellReader
from ocr.registers.ditto import is_ditto
from ocr.registers.figure_columns import count_digits
from ocr.registers.form import RegisterColumn
from ocr.registers.labels import LIKE, Heading, columns_by_labels, fit_forms, likeness
from ocr.registers.look import Ask
from ocr.registers.table import RegisterTable, TableRow, read_table
from ocr.registers.volume import print_reader

_LEAST_UPRIGHTS = 4
_LEAST_LABELLED, _LABELLED_SHARE = 2, 0.3
_SAME_HEAD, _SAME_HEADING, _SAME_RULE = 0.7, 0.6, 0.02
_SURE = 0.9
# A label alone must be more alike than one that stands in its place among others: "Seen on" is 0.67 like "Case no".
_LEAST_NAMED, _LEAST_IN_PLACE = 0.8, 0.5
_LEAST_LABEL = 3
_READ_SCANS, _READ_ROWS = 3, 12
_LEAST_CELLS = 3
_LEAST_DECIMALS, _POINTED = 2, 0.3
_FITS, _OF_CELLS = 0.7, 0.6
_KNOWN_REGISTER = 0.8
_FIRST_COLUMNS = 3
_RUNNING = 0.8
_TELLING_KINDS: tuple[Kind, ...] = ("date", "time", "year")
_EXACT_KINDS: tuple[Kind, ...] = (*_TELLING_KINDS, "digits")


@dataclass(frozen=True, slots=True)
class DraftColumn:
    """One column of a drafted register. head: as read above it; known: its id is one of the library's columns.

    sure: its head is that column's label beyond doubt. cells: how many of its cells were looked at for its kind.
    doubts: what a person should look at, in words.
    """

    id: str
    kind: Kind
    width: float
    head: str = ""
    known: bool = False
    sure: bool = False
    cells: int = 0
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterDraft:
    """A drafted register.

    languages: of its heads, best first. left_out: what scans show that is not in the file, in words. doubts: of the
    whole, in words. like: the register of the library whose columns it has, with how many, "" for none. table: how the
    first scan with heads reads with this draft.
    """

    form: RegisterForm
    columns: tuple[DraftColumn, ...]
    languages: tuple[str, ...]
    scans: int
    left_out: tuple[str, ...]
    doubts: tuple[str, ...]
    like: str
    table: RegisterTable

    @property
    def doubtful(self) -> tuple[DraftColumn, ...]:
        """Columns that a person should look at."""
        return tuple(c for c in self.columns if c.doubts)

    def to_plain(self) -> dict[str, Any]:
        """What the command prints as JSON."""
        columns = [
            {"id": c.id, "kind": c.kind, "width": c.width, "printed": c.head, "known": c.known, "look": list(c.doubts)}
            for c in self.columns
        ]
        return {
            "register": self.form.id, "title": self.form.title, "languages": list(self.languages),
            "row_start": self.form.row_start, "spread_from": self.form.spread_from, "columns": columns,
            "rows": len(self.table.rows), "scans": self.scans, "left_out": list(self.left_out),
            "look": list(self.doubts), "like": self.like,
        }  # fmt: skip


def draft_register(
    scans: Sequence[NamedPage], register_id: str, engine: Engine, registers: Registers, languages: Sequence[str] = ()
) -> RegisterDraft:
    """Draft a register from scans of its pages; several agree on the columns.

    registers: whose columns and labels are known. languages: of the heads, best first; found out when none are given.
    Raises InputError when the scans have no columns, or those of several books, and what the engine raises.
    """
    agreed = _agree(scans)
    drafting = _Drafting(agreed, register_id, engine, registers, tuple(languages))
    return drafting.draft(len(scans))


def _agree(scans: Sequence[NamedPage]) -> AgreedColumns:
    """The columns of some scans. Raises InputError saying which scan has none, or which are of another table."""
    pages: list[RuledPage] = []
    for scan in scans:
        found = find_rules(scan.grey, scan.name)
        if isinstance(found, int):
            raise InputError(_describe_bare(scan.name, found))
        pages.append(found)
    agreed = agree_columns(pages)
    if len(agreed.others) >= len(agreed.pages):
        apart = "; ".join(f"{p.name}: {_describe_counts(p.counts)}" for p in pages)
        raise InputError(
            f"the scans show different tables ({apart}). Give scans of one register, all in the same print."
        )
    return agreed


def _describe_bare(name: str, uprights: int) -> str:
    """Why a scan has no columns, and what to do."""
    if not uprights:
        return f"{name}: no ruled columns were found. Is it a ruled page, upright, and scanned at 150 dpi or more?"
    return (
        f"{name}: only {uprights} upright rule{'s' if uprights > 1 else ''} found; at least {_LEAST_UPRIGHTS} are "
        f"needed, borders included. Give a scan on which they are clearer, or write the file by "
        "hand (docs/forms.md, A register of your own)."
    )


def _describe_counts(counts: Sequence[int]) -> str:
    return " and ".join(str(n) for n in counts) + (" columns" if len(counts) == 1 else " columns on two pages")


@dataclass
class _Drafting:
    """A draft on its way. spoken: the languages of its heads, once they are known."""

    agreed: AgreedColumns
    register_id: str
    engine: Engine
    registers: Registers
    spoken: tuple[str, ...]
    left_out: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def draft(self, count: int) -> RegisterDraft:
        """The register of so many scans."""
        self.left_out += [f"{name}: its columns are not those of the other scans" for name in self.agreed.others]
        pages, heading = self._read_heads()
        texts = heading.texts if heading else ("",) * sum(self.agreed.counts)
        self._refuse_two_tables(texts)
        columns, split, like = self._name_columns(texts, heading)
        form = self._form(columns, split, self._first_row_start(columns), heading)
        tables = [self._read(page, form) for page in pages[:_READ_SCANS]]
        cells = self._read_cells(tables)
        columns = self._without_repeated(self._with_kinds(columns, cells), split, cells)
        final = self._form(columns, split, self._choose_row_start(columns, split), heading)
        # The kinds of columns move no row; another column to begin rows with does.
        is_same = (final.row_start, final.ids) == (form.row_start, form.ids)
        table = replace(tables[0], form=final) if is_same else self._read(pages[0], final)
        return RegisterDraft(final, columns, self.spoken, count, tuple(self.left_out), tuple(self.doubts), like, table)

    def _read_heads(self) -> tuple[list[RuledPage], Heading | None]:
        """The pages, one with heads first, and what stands above their columns."""
        read = print_reader(self.engine)
        pages = list(self.agreed.pages)
        if not self.spoken:
            readable = [code for code in known_languages() if code in self.engine.languages()]
            found = guess_language(pages[0], self.registers, read, readable)
            self.spoken = (found or "en",)
            if not found:
                self.doubts.append("the language of its headings is not known; English is assumed (use --lang)")
        reader = HeadReader(self.registers, read, self.spoken)
        pages = [reader.read_heads(page) for page in pages]
        headed = self._choose_printed([p for p in pages if p.heading and len(p.heading.texts) == sum(p.counts)])
        if not headed:
            self.doubts.append("no headings were found above the columns: their ids are numbers")
            return pages, None
        pages.sort(key=lambda p: p not in headed)
        readings = zip(*(texts for page in headed for texts in page.heads), strict=True)
        texts = tuple(self._best_text(reader, one) for one in readings)
        first = _headings(headed)[0]
        return pages, replace(first, texts=texts)

    def _choose_printed(self, headed: Sequence[RuledPage]) -> list[RuledPage]:
        """The pages whose heads are print: known labels, or what another page bears as well; else the first page."""
        known = [p for p in headed if p.labelled >= max(_LEAST_LABELLED, _LABELLED_SHARE * sum(p.counts))]
        if known:
            return sorted(known, key=lambda p: -p.labelled)
        for page, heading in zip(headed, _headings(headed), strict=True):
            alike = [
                p for p, other in zip(headed, _headings(headed), strict=True)
                if p is not page and _share_alike(heading.texts, other.texts) >= _SAME_HEADING
            ]  # fmt: skip
            if alike:
                return [page, *alike]
        # The first row of entries stands in the same place; figures alone are no head.
        first = [p for p, h in zip(headed, _headings(headed), strict=True) if not _are_figures(h.texts)]
        if first and not count_running(_headings(first)[0].texts)[1] >= _RUNNING * len(_headings(first)[0].texts):
            self.doubts.append("none of its headings is known: perhaps they are the first row of entries")
        return first[:1]

    def _best_text(self, reader: HeadReader, texts: Sequence[str]) -> str:
        """Of what was read above one column, the known label, or what is most like the others."""
        clean = [" ".join(trim_lines(text).split()) for text in texts]
        found = [text for text in clean if text]

        def worth(text: str) -> tuple[float, float]:
            like = likeness(text, reader.labels)
            return (like if like >= _LEAST_NAMED else 0.0, sum(fuzz.ratio(text, other) for other in found))

        return max(found, key=worth, default="")

    def _refuse_two_tables(self, texts: Sequence[str]) -> None:
        """Raise InputError where a scan shows the same columns twice: two pages, not one row over both."""
        count = len(texts) // 2
        # Where the fold was taken for a column, that one is in the middle.
        left, right = texts[:count], texts[len(texts) - count :]
        same = sum(map(bool, left)) >= _LEAST_LABELLED and _share_alike(left, right) >= _SAME_HEADING
        if len(self.agreed.halves) == 2 and len(set(self.agreed.counts)) == 1 and not any(texts):
            rules = [abs(a.at - b.at) for a, b in zip(*self.agreed.halves, strict=True)]
            same = max(rules) < _SAME_RULE
        if same:
            name = self.agreed.pages[0].name
            raise InputError(
                f"{name} shows two pages with the same {count} columns: split the scan between its pages, and give one."
            )

    def _name_columns(self, texts: Sequence[str], heading: Heading | None) -> tuple[tuple[DraftColumn, ...], int, str]:
        """The columns, how many of them stand on the left-hand page of a spread (0: one page), and the register of the
        library that has most of them.
        """
        fitting = fit_forms(replace(heading, texts=tuple(texts)), self.registers)[0] if heading else None
        is_like = fitting is not None and fitting.matched >= max(_LEAST_LABELLED, _LABELLED_SHARE * len(texts))
        expected: Sequence[str] = ("",) * len(texts)
        if fitting is not None and is_like:
            expected = columns_by_labels(fitting.form, fitting.columns) or fitting.columns
        taken = _Taken()
        columns = []
        for number, (text, place) in enumerate(zip(texts, self._places(), strict=True)):
            named = self._name_by_head(text, expected[number], taken)
            name, kind, doubts = named or (slug_of(romanise(text)), "line", ())
            doubts = (*doubts, *place.doubts)
            if named is None and not text:
                doubts = ("no heading was read; its id is its number", *doubts)
            elif named is None:
                how = "the id is made from its words" if name else "its id is its number"
                doubts = (f"the heading is not known; {how}", *doubts)
            columns.append(
                DraftColumn(
                    taken.take(name or f"column_{number + 1}"),
                    kind,
                    place.width,
                    text,
                    known=named is not None,
                    sure=named is not None and not named[2],
                    doubts=doubts,
                )  # fmt: skip
            )
        split = self.agreed.counts[0] if len(self.agreed.counts) == 2 else 0
        like = ""
        if fitting is not None and fitting.matched >= _KNOWN_REGISTER * max(len(texts), len(fitting.form.columns)):
            like = f"{fitting.form.id} ({fitting.matched} of its {len(fitting.form.columns)} columns)"
        return tuple(columns), split, like

    def _name_by_head(self, text: str, expected: str, taken: _Taken) -> tuple[str, Kind, tuple[str, ...]] | None:
        """Id, kind and doubts of a column by its head: the label of the register that fits, or else the likest; by its
        place among the columns of that register where its head is no label. None where neither tells.

        expected: the column of the register that fits, "" or "_column_4" for none.
        """
        found: list[tuple[bool, float, str, Kind]] = []
        for form in self.registers.forms.values():
            for column in form.columns:
                labels = tuple(filter(None, map(fold_text, self.registers.labels_of(column, (*self.spoken, "en")))))
                like = likeness(text, labels)
                is_expected = column.id == expected
                # A head that was well read and is another one says more than its place.
                in_place = is_expected and (not _is_word(text) or like >= _LEAST_IN_PLACE)
                if (like >= _LEAST_NAMED or in_place) and not taken.has(column.id):
                    found.append((is_expected, like, column.id, column.kind))
        if not found:
            return None
        _, like, name, kind = max(found, key=lambda x: (x[0], x[1]))
        if like < LIKE:
            return name, kind, (f"its heading is not known; {name} is in its place in an included register",)
        doubts = () if like >= _SURE else (f"the heading is only {like:.0%} similar to the known one",)
        return name, kind, doubts

    def _places(self) -> Iterator[_Place]:
        """How wide each column is, and which of its rules are in doubt."""
        pages = len(self.agreed.pages)
        whole = sum(self.agreed.widths)
        for rules, width in zip(self.agreed.halves, self.agreed.widths, strict=True):
            for left, right in zip(rules, rules[1:], strict=False):
                doubts = []
                for side, rule in (("left", left), ("right", right)):
                    if not rule.seen:
                        doubts.append(f"no line was found at its {side}: the edge of the table is where its rows end")
                    # Said once, at the column on its left.
                    elif side == "right" and 2 * rule.seen < pages:
                        doubts.append(f"the line on its right was found on {rule.seen} of {pages} scans")
                yield _Place(round(max(0.1, 100 * (right.at - left.at) * width / whole), 1), tuple(doubts))

    def _without_repeated(
        self, columns: tuple[DraftColumn, ...], split: int, cells: Sequence[Mapping[str, str]]
    ) -> tuple[DraftColumn, ...]:
        """Columns without the number of the row where the right-hand page of a spread repeats it.

        cells: what stands in some rows, by column.
        """
        if not split:
            return columns
        first, again = columns[0], columns[split]
        pairs = [
            (_figures(row[first.id]), _figures(row[again.id])) for row in cells if {first.id, again.id} <= row.keys()
        ]
        same = sum(a == b != "" for a, b in pairs)
        if same < _LEAST_CELLS or same < _OF_CELLS * len(pairs):
            return columns
        self.left_out.append(
            f"column {split + 1}: the right-hand page repeats {first.id} there; this is taken into account"
        )
        return (*columns[:split], *columns[split + 1 :])

    def _form(
        self, columns: Sequence[DraftColumn], split: int, row_start: str, heading: Heading | None
    ) -> RegisterForm:
        title = _choose_title(heading.title if heading else "", self.spoken)
        return RegisterForm(
            id=self.register_id,
            title=title or self.register_id,
            row_start=row_start,
            spread_from=columns[split].id if split else "",
            titles={language_of(title, self.spoken): (title,)} if len(fold_text(title)) > _LEAST_LABEL else {},
            column=tuple(self._column(c) for c in columns),
        )

    def _column(self, column: DraftColumn) -> RegisterColumn:
        # A known column brings its labels with it; what was read amiss should not stand beside them.
        said = fold_text(column.head)
        has_label = (len(said) >= _LEAST_LABEL or said.isdecimal()) and not column.known
        labels = {language_of(column.head, self.spoken): (column.head,)} if has_label else {}
        return RegisterColumn(id=column.id, kind=column.kind, width=column.width, labels=labels)

    def _read(self, page: RuledPage, form: RegisterForm) -> RegisterTable:
        known = self.registers.model_copy(update={"forms": {form.id: form}})
        return read_table(page.grey, Ask(form, self.spoken, print_reader(self.engine), known, self.engine))

    def _first_row_start(self, columns: Sequence[DraftColumn]) -> str:
        """The column on which rows of registers of the library begin, if it is there; else the first."""
        starts = {form.row_start for form in self.registers.forms.values()}
        return next((c.id for c in columns[:_FIRST_COLUMNS] if c.known and c.id in starts), columns[0].id)

    def _choose_row_start(self, columns: Sequence[DraftColumn], split: int) -> str:
        """The column whose entry begins a row: known as such, or the first that holds numbers."""
        name = self._first_row_start(columns)
        first = next(c for c in columns if c.id == name)
        if first.known:
            return name
        numbers = [c for c in columns[: split or len(columns)][:_FIRST_COLUMNS] if c.kind == "digits"]
        if not numbers:
            self.doubts.append(f"rows are assumed to start at {name}, the first column: no column has numbers")
        return numbers[0].id if numbers else name

    def _with_kinds(
        self, columns: Sequence[DraftColumn], cells: Sequence[Mapping[str, str]]
    ) -> tuple[DraftColumn, ...]:
        """Columns with kinds by what stands in some rows; known ones keep theirs, with a doubt where cells differ."""
        found = []
        for column in columns:
            own = [row[column.id] for row in cells if column.id in row]
            kind = _kind_of(own)
            differs = column.known and _contradict(column.kind, own)
            if differs and not column.sure:
                told = f"its heading is not sure, and its {len(own)} cells are not those of {column.id} ({column.kind})"
                # The head as a label: that of the library is another column's.
                column = replace(column, known=False, doubts=(*column.doubts, told))
            elif differs:
                column = replace(column, doubts=(*column.doubts, f"its {len(own)} cells look like {kind}"))
            if not column.known:
                told = f"guessed from {len(own)} cells" if own else "not known: no cell was read"
                column = replace(column, kind=kind, doubts=(*column.doubts, f"the kind is {told}"))
            found.append(replace(column, cells=len(own)))
        return tuple(found)

    def _read_cells(self, tables: Sequence[RegisterTable]) -> list[dict[str, str]]:
        """What stands in some rows by column; blank cells and ditto marks are left out."""
        reader = CellReader(self.engine, tuple(dict.fromkeys((*self.spoken, "en"))), RegisterSettings())
        found = []
        for table in tables:
            for row in _sample(table.rows, _READ_ROWS // len(tables)):
                cells = [c for c in reader.read(table, row) if c.candidates and not c.blank]
                texts = {c.zone: c.candidates[0].text for c in cells}
                found.append({name: text for name, text in texts.items() if text and not is_ditto(text, self.spoken)})
        return found


@dataclass(frozen=True, slots=True)
class _Place:
    width: float
    doubts: tuple[str, ...]


@dataclass
class _Taken:
    """Ids that are used."""

    ids: set[str] = field(default_factory=set)

    def has(self, name: str) -> bool:
        return name in self.ids

    def take(self, name: str) -> str:
        """The id, with a number behind it when it is taken."""
        free, n = name, 2
        while free in self.ids:
            free, n = f"{name}_{n}", n + 1
        self.ids.add(free)
        return free


def _headings(pages: Sequence[RuledPage]) -> list[Heading]:
    return [p.heading for p in pages if p.heading is not None]


def _share_alike(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of the columns with a head above which two pages bear the same, 0..1."""
    pairs = [(fold_text(a), fold_text(b)) for a, b in zip(one, other, strict=True) if a or b]
    return sum(fuzz.ratio(a, b) >= 100 * _SAME_HEAD for a, b in pairs) / len(pairs) if pairs else 0.0


def _is_word(text: str) -> bool:
    return sum(c.isalpha() for c in text) >= _LEAST_LABEL


def _are_figures(texts: Sequence[str]) -> bool:
    """Whether some texts are figures of entries, not numbers that go up by one from column to column."""
    figures = sum(fold_text(text).isdecimal() for text in texts)
    return figures > 0 and count_running(texts)[1] < _RUNNING * figures


def _figures(text: str) -> str:
    return "".join(c for c in fold_digits(text) if c.isdecimal())


def _sample(rows: Sequence[TableRow], most: int) -> list[TableRow]:
    """Some rows, from the top; those that are no usual entry are left out."""
    return [row for row in rows if not row.kind and not row.continues][:most]


def _kind_of(texts: Sequence[str]) -> Kind:
    """The kind of a column in whose cells such texts stand."""
    if not texts:
        return "line"
    if median(text.count("\n") for text in texts) >= 1:
        return "block"
    if len(texts) >= _LEAST_CELLS:
        if _is_decimal_column(texts):
            return "decimal"
        for kind in _EXACT_KINDS:
            fits = [_fits(kind, text) for text in texts]
            if sum(fits) >= _OF_CELLS * len(texts):
                return kind
    return "line"


def _contradict(kind: Kind, texts: Sequence[str]) -> bool:
    """Whether the cells of a column are not of its kind: plainly of another one, or hardly any of numbers."""
    if kind not in _EXACT_KINDS or len(texts) < _LEAST_CELLS:
        return False
    # A date whose strokes were not read looks like a number.
    own = _kind_of(texts)
    return (own in _TELLING_KINDS and own != kind) or sum(any(map(str.isdecimal, t)) for t in texts) < len(texts) / 3


def _is_decimal_column(texts: Sequence[str]) -> bool:
    """Whether cells are figures, many of which have a decimal point; a worn point is read as another sign, or not.

    A clock has its sign as well: some must be decimals that no clock shows, as 12.75 among 12.50 and 9.25.
    """
    figures = sum(count_digits(text) is not None or _fits("decimal", text) for text in texts)
    decimals = [_fits("time", text) for text in texts if _fits("decimal", text)]
    is_pointed = len(decimals) >= _POINTED * len(texts) and decimals.count(False) >= _LEAST_DECIMALS
    return figures >= _OF_CELLS * len(texts) and is_pointed


def _fits(kind: str, text: str) -> bool:
    found = fit(kind, text)
    if kind == "date":
        # Three numbers, as 12/3/1998; of a word and two numbers it is no date that one could tell from an address.
        return found.fits >= _FITS and sum(c in "/.-" for c in found.value) == 2
    # A clock has its sign; an hour alone is any number. So has a decimal.
    signs = {"time": ":.;", "decimal": ".,\u00b7\u066b"}.get(kind, "")
    return found.fits >= _FITS and (not signs or any(c in signs for c in found.value))


def _choose_title(title: str, spoken: Sequence[str]) -> str:
    """Of readings in several languages, joined by a bar, the one whose letters are its language's."""
    parts = [" ".join(part.split()) for part in title.split(" | ")]
    own = script_of_language(spoken[0])

    def share(part: str) -> float:
        found = scripts_in(part)
        return max(found[own], 0.9 * found["Latn"]) / max(1, found.total(), len(part.replace(" ", "")))

    return max(parts, key=share, default="")
