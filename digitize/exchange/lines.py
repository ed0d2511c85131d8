"""One line of a package: its model for validation, and the JSON Schema published from it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    create_model,
)

from digitize.exchange.layout import BACKWARD, FORWARD, NOTE, ExchangeLayout, ReplyKind, SentForm, exchange_layouts
from digitize.exchange.refusal import PackageRefused
from mappers.linking.identifiers import parse_cnr
from mappers.schema import form_tables

_CNR = r"^[A-Z]{2}[A-Z0-9]{2}[0-9]{12}$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOST_TEXT = 20_000
ID_PATTERN = r"^[^\s\x00-\x1f\x7f]{1,200}$"


def _plain(text: str) -> str:
    """Reject control characters and lone surrogates: such a text displays as another one."""
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise ValueError("a control character")
    return text


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _cnr(text: str) -> str:
    if str(parse_cnr(text)) != text:
        raise ValueError("no CNR")
    return text


Text = Annotated[str, Field(min_length=1, max_length=MOST_TEXT), AfterValidator(_plain)]
Id = Annotated[str, Field(pattern=ID_PATTERN), AfterValidator(_plain)]
Day = Annotated[str, Field(pattern=_DATE), AfterValidator(_day)]
CnrText = Annotated[str, Field(pattern=_CNR), AfterValidator(_cnr)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FirKeyLine(_Line):
    """The FIR: state, district, police station, year, number, and part if the station's register has parts."""

    state: Text
    district: Text
    police_station: Text
    year: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    fir_no: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
    fir_part: Text | None = None


_model: Any = create_model
"""Of pydantic; its types cannot follow models that are made of data."""
_KINDS: Mapping[str, Any] = {"text": Text, "date": Day, "cnr": CnrText}
_IDS: Mapping[str, Any] = {FORWARD: Annotated[str, Field(min_length=1)], BACKWARD: Id}
"""Ids of records are what an import file gave them; those of statements are agreed here."""
_KEYS: Mapping[str, Any] = {"fir": FirKeyLine, "cnr": CnrText}


@cache
def line_adapter(pillar: str, way: str) -> TypeAdapter[Any]:
    """Allowed lines of a pillar's packages in one direction."""
    layout = exchange_layouts()[pillar]
    models = [_make_model(k, s) for k, s in layout.forward.items()] if way == FORWARD else []
    models += [_reply(k, r) for k, r in layout.backward.items()] if way == BACKWARD else []
    kinds = tuple(layout.forward if way == FORWARD else layout.backward)
    gone = _model("Gone", __base__=_Line, op=Literal["gone"], kind=Literal[kinds], id=_IDS[way])
    # By the kind alone: a fault is then told of the one that was meant.
    put: Any = reduce(or_, models)
    if len(models) > 1:
        put = Annotated[put, Field(discriminator="kind")]
    whole: Any = Annotated[Annotated[put, Tag("put")] | Annotated[gone, Tag("gone")], Discriminator(_op)]
    return TypeAdapter(whole)


def _op(line: Any) -> str:
    return "gone" if isinstance(line, dict) and line.get("op") == "gone" else "put"


def _make_model(kind: str, sent: SentForm) -> Any:
    rows: Any = {}
    for name, columns in sent.columns().items():
        table = form_tables(sent.form)[name]
        # Full values as they were loaded: a rule may have let pass what a list or a pattern would not.
        cells = {c: (str | None, Field(None, title=table.by_name[c].label)) for c in columns}
        rows[table.child] = _model(f"{kind}_{table.child or 'record'}", __base__=_Line, **cells)
    children: dict[str, Any] = {c: (tuple.__class_getitem__((m, ...)), ()) for c, m in rows.items() if c}
    record = _model(f"{kind}_whole", __base__=rows[""], **children)
    return _model(
        kind, __base__=_Line, __doc__=sent.title, op=Literal["put"], kind=Literal[kind], id=_IDS[FORWARD],
        fir=(FirKeyLine | None, None), record=record,
    )  # fmt: skip


def _reply(kind: str, reply: ReplyKind) -> Any:
    cells: dict[str, Any] = {}
    for name, field in reply.fields.items():
        choices = field.choices()
        of = Literal[choices] if choices else _KINDS[field.kind]
        cells[name] = (of, Field(title=field.title)) if field.needed else (of | None, Field(None, title=field.title))
    said = _model(f"{kind}_said", __base__=_Line, **cells)
    # Prisoners are named by a field of the statement itself.
    keys = {k: (_KEYS[k] | None, None) for k in reply.keys if k in _KEYS}
    return _model(
        kind, __base__=_Line, __doc__=reply.title, op=Literal["put"], kind=Literal[kind], id=Id,
        **keys, said=said,
    )  # fmt: skip


def layout_schema(layout: ExchangeLayout, way: str) -> dict[str, Any]:
    """The JSON Schema of a line of this layout."""
    made = line_adapter(layout.pillar, way).json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"cctns-digitize/exchange/{layout.pillar}-{way}-{layout.version}",
        "$comment": NOTE,
    }
    return head | made


@cache
def schema_bytes(pillar: str, way: str) -> bytes:
    """The same as a file."""
    return (json.dumps(layout_schema(exchange_layouts()[pillar], way), ensure_ascii=False, indent=1) + "\n").encode()


def parse_line(pillar: str, way: str, text: bytes, where: str) -> dict[str, Any]:
    """Parse a line to JSON types. where: for messages. Raises PackageRefused: bad-line, twin-key."""
    try:
        made: dict[str, Any] = json.loads(text.decode("utf-8"), object_pairs_hook=refuse_twins, parse_constant=_refuse)
        line_adapter(pillar, way).validate_json(text)
    except TwinKey:
        raise PackageRefused("twin-key", f"{where}: a key appears twice; the sender must correct it") from None
    except ValidationError as e:
        raise PackageRefused("bad-line", f"{where}: {_fault(e)}; the sender must correct it") from None
    except (ValueError, RecursionError):
        raise PackageRefused("bad-line", f"{where}: not JSON; the sender must correct it") from None
    if way == BACKWARD and made["op"] == "put" and not _names_case(pillar, made):
        raise PackageRefused("bad-line", f"{where}: it names no case; the sender must correct it")
    return made


def _names_case(pillar: str, line: Mapping[str, Any]) -> bool:
    """Reject a statement without FIR, CNR or prisoner, which could never be linked."""
    keys = exchange_layouts()[pillar].backward[line["kind"]].keys
    return any(line.get(k) for k in keys) or ("prisoner" in keys and bool(line["said"].get("prisoner_id")))


def _fault(error: ValidationError) -> str:
    """Path and kind of the first error. Only layout names are repeated: the data may be a person's name."""
    first = min(error.errors(include_input=False, include_url=False), key=lambda e: e["type"] == "literal_error")
    where = [str(x) for x in first["loc"] if isinstance(x, str) and re.fullmatch(r"[a-z_]{1,40}", x)]
    kind = (
        "a field that is not in the layout" if first["type"] == "extra_forbidden" else first["type"].replace("_", " ")
    )
    return f"{'.'.join(where[-2:]) if first['type'] != 'extra_forbidden' else 'the line'}: {kind}"


class TwinKey(Exception):
    """A duplicate key, which parsers resolve differently."""


def refuse_twins(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """For json.loads. Raises TwinKey."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise TwinKey
    return made


def _refuse(text: str) -> None:
    raise ValueError(text)


def line_bytes(line: Mapping[str, Any]) -> bytes:
    """Canonical bytes of a line, so that the same delta is the same bytes."""
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8") + b"\n"
