"""A record: one filled form with the origin of each field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

NOT_CAPTURED = "not-captured"
"""Note of a field that the office does not capture: something may stand on the paper, and nobody is asked."""

BLANK, ILLEGIBLE, NO_VALUE = "blank", "illegible", "no-value"
"""Why a field surely has no value: nothing is written; something is, that nobody can read; words are, that are no value
of it ("till date"). The last two are notes on it."""
WRITTEN = frozenset({ILLEGIBLE, NO_VALUE})
"""Notes of a field without a value where something is written all the same."""
ABOUT = "about"
"""Note on a date beside which the source says that it is one among others ("about 5.6.1978"); raw has the words."""
SUFFIX_NOTE = "number-with-suffix"
"""Note of a number behind which a letter stands, as 12A or 12/A: another case than 12, and no whole number."""
INTAKE = "intake"
"""Who said a value that is not of the source: whoever took it in."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written: a zone of a page, or a cell of a table.

    page, zone, box for paper (box in scan pixels); file, table, row (1-based), column for legacy tables. A constant
    of a mapping has none of them. part: id of the row, where it is a part from another table than the record's own.
    """

    page: str = ""
    zone: str = ""
    box: tuple[int, int, int, int] | None = None
    file: str = ""
    table: str = ""
    row: int = 0
    column: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field's value and why we believe it.

    raw: as read, never changed. value: canonical text (ISO dates, digits without zeros, codes), None when there is
    none. confidence: 0..1. by: mapping id and version, "operator NAME", or INTAKE. blank: it has no value, surely; see
    why_empty. notes: what a cleaner saw, as stable words ("two-digit-year", "act-inferred"). candidates: other
    readings. accept: the confidence from which this value may pass without a person.
    """

    raw: str
    value: str | None
    confidence: float = 1.0
    origin: Origin = Origin()
    by: str = ""
    blank: bool = False
    notes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    accept: float = 0.0

    def is_sure(self) -> bool:
        """Whether no person needs to look: the value fits, and its confidence reaches the form's measured threshold."""
        return (self.value is not None or self.blank) and self.confidence >= self.accept

    @property
    def why_empty(self) -> str:
        """BLANK, ILLEGIBLE or NO_VALUE where it surely has no value, "" elsewhere."""
        if self.value is not None:
            return ""
        return next((word for word in (ILLEGIBLE, NO_VALUE) if word in self.notes), BLANK if self.blank else "")

    @property
    def is_captured(self) -> bool:
        """Whether it was captured; where not, having no value does not mean blank."""
        return NOT_CAPTURED not in self.notes


Row = Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True)
class Record:
    """One filled form. fields: by field id. children: child table name -> rows, each by field id.

    id: stable, made from the page or row the record begins on. pages: page ids, in order; empty for tables.
    left_over: source cells that no rule of the mapping took, by zone or column; ignored: those it leaves out.
    profile: the capture profile that it was made under, "" where none was chosen. doubts: why it may not be the whole
    record, or hold what is of another one, as "part-lacking:2"; while there are any it goes nowhere.
    """

    id: str
    form: str
    fields: Row
    children: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    pages: tuple[str, ...] = ()
    batch: str = ""
    left_over: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    profile: str = ""
    doubts: tuple[str, ...] = ()

    def value(self, name: str) -> str | None:
        """The canonical value of a field of the record itself, None when it has none."""
        got = self.fields.get(name)
        return got.value if got else None

    def cells(self) -> Iterator[tuple[str, FieldValue]]:
        """Every field with its path: "fir_no", "acts[0].section"."""
        for name, value in self.fields.items():
            yield name, value
        for table, rows in self.children.items():
            for i, row in enumerate(rows):
                for name, value in row.items():
                    yield f"{table}[{i}].{name}", value

    def not_captured(self) -> tuple[str, ...]:
        """Paths of the fields that were not captured (`mappers/schema/capture.py`)."""
        return tuple(path for path, value in self.cells() if NOT_CAPTURED in value.notes)

    def with_value(self, path: str, value: FieldValue) -> Record:
        """A copy in which the field at path is replaced; the row after a table's last is added.

        Raises KeyError for a row further on.
        """
        if "[" not in path:
            return replace(self, fields={**self.fields, path: value})
        table, _, rest = path.partition("[")
        index, _, name = rest.partition("].")
        rows = list(self.children.get(table, ()))
        if int(index) > len(rows):
            raise KeyError(path)
        if int(index) == len(rows):
            rows.append({})
        rows[int(index)] = {**rows[int(index)], name: value}
        return replace(self, children={**self.children, table: tuple(rows)})


class RecordValues(NamedTuple):
    """The values of a record, without what else its cells say. children: table -> rows.

    is_doubtful: one of its cells may be unsure, not understood or not captured, or a cell of its source is left over;
    only the whole record tells. by: who said its own fields. whole: makes the record. page: its first page, "" where it
    has none.
    """

    id: str
    form: str
    fields: Mapping[str, str | None]
    children: Mapping[str, Sequence[Mapping[str, str | None]]]
    is_doubtful: bool
    by: frozenset[str]
    whole: Callable[[], Record]
    page: str = ""


def values_of(record: Record) -> RecordValues:
    """The values of a record that is at hand."""
    fields = {name: cell.value for name, cell in record.fields.items()}
    children = {t: [{n: c.value for n, c in row.items()} for row in rows] for t, rows in record.children.items()}
    by = frozenset(cell.by for cell in record.fields.values())
    page = next(iter(record.pages), "")
    return RecordValues(record.id, record.form, fields, children, True, by, lambda: record, page)


def to_plain(record: Record) -> dict[str, Any]:
    """A record as JSON types, with everything in it; from_plain gives it back."""
    return {
        "id": record.id,
        "form": record.form,
        "pages": list(record.pages),
        "batch": record.batch,
        "fields": {k: value_to_plain(v) for k, v in record.fields.items()},
        "children": {
            t: [{k: value_to_plain(v) for k, v in r.items()} for r in rows] for t, rows in record.children.items()
        },
        "left_over": dict(record.left_over),
        "ignored": list(record.ignored),
        # Left out where it says nothing: so the hash of such a record is what it always was.
        **({"profile": record.profile} if record.profile else {}),
        **({"doubts": list(record.doubts)} if record.doubts else {}),
    }


def from_plain(data: Mapping[str, Any]) -> Record:
    """The record that to_plain wrote."""
    return Record(
        id=data["id"],
        form=data["form"],
        pages=tuple(data["pages"]),
        batch=data["batch"],
        fields={k: _value_from_plain(v) for k, v in data["fields"].items()},
        children={
            t: tuple({k: _value_from_plain(v) for k, v in r.items()} for r in rows)
            for t, rows in data["children"].items()
        },
        left_over=data["left_over"],
        ignored=tuple(data["ignored"]),
        profile=data.get("profile", ""),
        doubts=tuple(data.get("doubts", ())),
    )


_DEFAULTS = FieldValue(raw="", value=None)
_NO_ORIGIN = Origin()


def value_to_plain(v: FieldValue) -> dict[str, Any]:
    """A cell as JSON types; what is as usual is left out."""
    out: dict[str, Any] = {"raw": v.raw, "value": v.value}
    for name in ("confidence", "by", "blank", "accept"):
        if getattr(v, name) != getattr(_DEFAULTS, name):
            out[name] = getattr(v, name)
    for name in ("notes", "candidates"):
        if getattr(v, name):
            out[name] = list(getattr(v, name))
    origin = {n: getattr(v.origin, n) for n in Origin.__slots__ if getattr(v.origin, n) != getattr(_NO_ORIGIN, n)}
    if origin:
        out["origin"] = origin
    return out


def _value_from_plain(d: Mapping[str, Any]) -> FieldValue:
    if len(d) == 2:  # raw and value, as nearly all cells of tables have; in less than half the time
        return FieldValue(d["raw"], d["value"])
    o = dict(d.get("origin", {}))
    if o.get("box"):
        o["box"] = tuple(o["box"])
    rest: dict[str, Any] = {k: tuple(v) if k in ("notes", "candidates") else v for k, v in d.items() if k != "origin"}
    return FieldValue(origin=Origin(**o), **rest)
