"""A batch as tables of rows, as targets load it: from records, or directly from import files."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from hashlib import blake2b

import polars as pl
from pydantic_core import PydanticSerializationError, to_json

from digitize.targets.flat import FIELD_END, ROW_END
from mappers.record import Record, to_plain
from mappers.schema import form_tables
from validators.finding import Finding

RECORD_ID, LINE, HASH = "record_id", "line", "row_hash"
STATION = ("state", "district", "police_station")
UNFIT, KEY_OWNED, UNSTORABLE, KEY_EMPTY, NOBODY = "D001", "D002", "D003", "D008", "D009"
_FINDING = tuple(f.name for f in fields(Finding))
NO_CODE, NO_VALUE, THEIRS_REFUSED = "D005", "D006", "D007"
DATABASE_CODES: Mapping[str, str] = {
    UNFIT: "The value does not fit the target's column.",
    KEY_OWNED: "Another record in the target, or before it in the batch, has the same key.",
    KEY_EMPTY: "The year, or the number of the FIR, is empty; without it the record cannot be found again.",
    NOBODY: "The row names a person by a line that the record has not.",
    UNSTORABLE: "The text holds a zero byte or half a character, which the target cannot hold.",
    NO_CODE: "The state's own tables want a code here, and the layout or a master table of theirs has none for it.",
    NO_VALUE: "The state's own tables want a value here, and the record has none.",
    THEIRS_REFUSED: "The state's own database refused a row of this record.",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that is not loaded, complete, with its findings.

    word: "reject" if refused, "review" if a person must confirm it. record: see `mappers.record.to_plain`; an
    unreadable row is in its left_over. file, line: its origin. row: its name, see `digitize.targets.source_rows`; "" to
    derive it from the record.
    """

    record_id: str
    form: str
    word: str
    record: Mapping[str, object]
    findings: Sequence[Mapping[str, object]]
    file: str = ""
    line: int = 0
    row: str = ""


@dataclass(frozen=True, slots=True)
class FormRows:
    """Rows of one form's records, ready to send.

    tables: table name -> rows: record_id, line (child tables, increasing from 1 in each record), then values as
    canonical text, null if empty; the form's own rows have the hash of their record. unfit: records that no target can
    store, with field and code (`digitize.targets.value_checks`). flags: rule notes on the others
    (`digitize.targets.flags`); None if rules were not run.
    """

    tables: Mapping[str, pl.DataFrame]
    unfit: pl.DataFrame
    flags: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class FormOutline:
    """What is needed of one form's records before a row is sent: small enough to be in memory for a whole batch.

    own: the form's own rows, in order: record_id, row_hash, and available columns of station and key. unfit: see
    `FormRows`, of the whole batch.
    """

    own: pl.DataFrame
    unfit: pl.DataFrame


class LoadBatch:
    """One batch to load: everything under its name, so that other records of an earlier load are withdrawn.

    id: made from the content, 32 hex digits. batch: its name. held: number waiting for a person elsewhere. source: its
    origin: "input" is a key of the content, "delivery" its number in the order of arrival and "settings" the rule
    settings (`digitize.targets.deliveries`). replays: for a replay, record -> the source row in the quarantine.
    """

    __slots__ = ()
    id: str
    batch: str
    held: int
    source: Mapping[str, object]
    replays: Mapping[str, str]

    @property
    @abstractmethod
    def outlines(self) -> Mapping[str, FormOutline]:
        """Data needed before anything is sent, by form."""

    @property
    @abstractmethod
    def is_of_records(self) -> bool:
        """Whether its rows were made from records, as in a workspace."""

    @property
    @abstractmethod
    def keeps_any(self) -> bool:
        """Whether any record is refused from the start."""

    @abstractmethod
    def parts(self) -> Iterator[RowBatch]:
        """Its records, some at a time, in the order of the outlines; can be iterated repeatedly."""

    @property
    def delivery(self) -> int:
        """Number of its delivery, 0 if unknown."""
        return int(str(self.source.get("delivery", 0)))

    @property
    def settings(self) -> str:
        """Key of the rule settings, "" if unknown."""
        return str(self.source.get("settings", ""))


@dataclass(frozen=True, slots=True)
class RowBatch(LoadBatch):
    """A batch, or part of one, that is in memory as a whole.

    forms: by form. kept: what is not loaded. origins: of each field, () if none. records: from which the rows were
    made, if any. The others: see `LoadBatch`.
    """

    id: str
    batch: str
    forms: Mapping[str, FormRows]
    kept: Sequence[Kept] = ()
    held: int = 0
    origins: Sequence[tuple[object, ...]] = ()
    records: Sequence[Record] = ()
    source: Mapping[str, object] = field(default_factory=dict)
    replays: Mapping[str, str] = field(default_factory=dict)

    @property
    def outlines(self) -> Mapping[str, FormOutline]:
        """See `LoadBatch`."""
        return {form: FormOutline(_asked_of(form, rows.tables[form]), rows.unfit) for form, rows in self.forms.items()}

    @property
    def is_of_records(self) -> bool:
        """See `LoadBatch`."""
        return bool(self.records)

    @property
    def keeps_any(self) -> bool:
        """See `LoadBatch`."""
        return bool(self.kept)

    def parts(self) -> Iterator[RowBatch]:
        """Itself."""
        yield self


def _asked_of(form: str, own: pl.DataFrame) -> pl.DataFrame:
    names = (RECORD_ID, HASH, *dict.fromkeys((*STATION, *form_tables(form)[form].key)))
    return own.select(n for n in names if n in own.columns)


def json_text(value: object) -> str:
    """JSON for a database: letters as they are, lone surrogates escaped."""
    try:
        return to_json(value).decode()
    # to_json refuses half characters; json.dumps writes them as codes.
    except PydanticSerializationError:
        return json.dumps(value)


def plain_finding(finding: Finding) -> dict[str, object]:
    """A finding as JSON types; `dataclasses.asdict` would copy each of its texts."""
    return {name: getattr(finding, name) for name in _FINDING}


def kept_record(record: Record, word: str, findings: Iterable[Finding]) -> Kept:
    """A refused record, complete."""
    return Kept(record.id, record.form, word, to_plain(record), [plain_finding(f) for f in findings])


def refused_record(record: Record, code: str, path: str) -> Kept:
    """A record refused by the target itself."""
    return kept_record(record, "reject", [Finding(record.id, path, code, "reject", DATABASE_CODES[code])])


def with_hash(form: str, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The form's own rows with the content hash of each record, as from `digitize.targets.flat.row_hash`."""
    texts = tables[form].select(RECORD_ID, _text=row_texts(form, tables[form]))
    for name in sorted(tables.keys() - {form}):
        rows = tables[name].select(RECORD_ID, _row=row_texts(name, tables[name]))
        # Lists that are joined afterwards cost half of what joining within the groups does.
        of_record = rows.group_by(RECORD_ID).agg("_row")
        more = pl.concat_str("_text", pl.col("_row").list.join(ROW_END), separator=ROW_END, ignore_nulls=True)
        # The hashes are set beside the rows below, so the join must keep their order.
        texts = texts.join(of_record, on=RECORD_ID, how="left", maintain_order="left").select(RECORD_ID, _text=more)
    # As bytes, which is what the hash takes.
    made = [blake2b(t, digest_size=16).hexdigest() for t in texts["_text"].cast(pl.Binary).to_list()]
    return tables[form].with_columns(pl.Series(HASH, made, dtype=pl.String))


def row_texts(name: str, frame: pl.DataFrame) -> pl.Expr:
    """See `digitize.targets.flat.row_text`; a column without nulls is cheaper than one with."""
    pieces: list[pl.Expr] = []
    written = name
    # The order and the gaps of `row_text`: both must come to the same hash.
    for column in sorted(c for c in frame.columns if c not in (RECORD_ID, LINE)):
        written += f"{FIELD_END}{column}="
        if frame[column].null_count():
            before, _, label = written.rpartition(FIELD_END)
            # Where there are gaps, the label must vanish together with its value.
            with_label = pl.concat_str(pl.lit(f"{FIELD_END}{label}"), pl.col(column)).fill_null("")
            pieces += [pl.lit(before), with_label]
        else:
            pieces += [pl.lit(written), pl.col(column)]
        written = ""
    return pl.concat_str(*pieces, pl.lit(written))


ORIGIN = (
    "record_id", "field", "raw", "confidence", "by", "page", "zone", "box", "file", "source_table", "source_row",
    "source_column", "why_empty",
)  # fmt: skip
