"""Package layouts as data: the fields of each form sent to a pillar, and what its replies contain."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

from digitize.errors import OptionsError
from mappers.codes import code_lists
from mappers.errors import MappingError
from mappers.linking.cases import KEY
from mappers.schema import Table, form_tables
from mappers.toml import did_you_mean, read_model

FORWARD, BACKWARD = "forward", "backward"
NOTE = "This layout was designed for cctns-digitize; no official layout is public."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SentForm(_Part):
    """Records of one form. fields: names, or "*" for all; children: the same for child tables."""

    title: str
    form: str
    fields: tuple[str, ...]
    children: Mapping[str, tuple[str, ...]] = {}

    def columns(self) -> Mapping[str, list[str]]:
        """Table -> fields that go, the form's own table first."""
        tables = form_tables(self.form)
        wanted = {"": self.fields, **self.children}
        return {t.name: _fields(t, wanted[t.child]) for t in tables.values() if t.child in wanted}

    def child_of(self, table: str) -> str:
        """The name of a child table within its record, "" for the form's own."""
        return form_tables(self.form)[table].child


class ReplyField(_Part):
    """One field of a reply. values, codes: allowed values, or the code list."""

    title: str
    kind: Literal["text", "date", "cnr"] = "text"
    values: tuple[str, ...] = ()
    codes: str = ""
    needed: bool = False

    def choices(self) -> tuple[str, ...]:
        """Allowed values; () for any."""
        return tuple(code_lists()[self.codes].values) if self.codes else self.values


class ReplyKind(_Part):
    """A kind of statement. keys: at least one of them names the case."""

    title: str
    keys: tuple[Literal["fir", "cnr", "prisoner"], ...]
    fields: Mapping[str, ReplyField]


class ExchangeLayout(_Part):
    """The exchange with one pillar. version: of the layout; packages of other versions are refused."""

    pillar: Literal["e-courts", "e-prison", "e-prosecution", "e-forensics"]
    version: int
    forward: Mapping[str, SentForm]
    backward: Mapping[str, ReplyKind]


def _fields(table: Table, names: tuple[str, ...]) -> list[str]:
    return list(table.by_name) if names == ("*",) else list(names)


@cache
def exchange_layouts() -> Mapping[str, ExchangeLayout]:
    """Pillar -> its layout; found by scanning the folder. Raises MappingError naming file and field."""
    found: dict[str, ExchangeLayout] = {}
    for path in sorted(resources.files(f"{__package__}.layouts").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            made = read_model(path, ExchangeLayout)
            _bind(path.name, made)
            found[made.pillar] = made
    return found


def _bind(file: str, layout: ExchangeLayout) -> None:
    for kind, sent in layout.forward.items():
        tables = form_tables(sent.form)
        unknown = set(sent.children) - {t.child for t in tables.values()}
        for name, columns in sent.columns().items() if not unknown else ():
            unknown |= set(columns) - set(tables[name].by_name)
        if unknown or not set(KEY) <= set(sent.columns()[sent.form]):
            what = ", ".join(sorted(unknown)) or "a field of the FIR key is missing"
            raise MappingError(f"{file}: forward.{kind}: {what}")
    for kind, reply in layout.backward.items():
        for name, field in reply.fields.items():
            if field.codes and field.codes not in code_lists():
                raise MappingError(f"{file}: backward.{kind}.{name}: there is no list {field.codes}")


def layout_of(partner: str) -> ExchangeLayout:
    """The layout of a partner: a pillar, or PILLAR:OFFICE. Raises OptionsError."""
    known = exchange_layouts()
    pillar = partner.partition(":")[0]
    if pillar not in known:
        raise OptionsError(f"There is no pillar {pillar}{did_you_mean(pillar, known)}. Known: {', '.join(known)}.")
    return known[pillar]
