"""A target table described by a pydantic model: its columns, their kinds, labels and weight."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["text", "name", "int", "year", "date", "time", "money", "decimal", "code"]


def column(
    label: str, kind: Kind = "text", *, item: str = "", codes: str = "", high: bool = False, mandatory: bool = False
) -> Any:
    """One optional field of a form's model.

    label: English name for people. kind: how the canonical text is written (date: YYYY-MM-DD, time: HH:MM, money and
    decimal: plain digits with a point). item: number on the printed form. codes: list in `codes/lists.yaml`. high: an
    error changes identity or law (rules.md section F). mandatory: asked for by every source (iif-forms.md section 4).
    """
    extra: dict[str, Any] = {"kind": kind, "item": item, "codes": codes, "high": high, "mandatory": mandatory}
    return Field(default=None, title=label, json_schema_extra=extra)


class FormModel(BaseModel):
    """Base of the form models: unknown fields are refused, values are canonical text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a table; see `column` for the meanings."""

    name: str
    label: str
    kind: Kind
    item: str
    codes: str
    high: bool
    mandatory: bool


@dataclass(frozen=True)
class Table:
    """One target table. name: "iif1" or "iif1_acts". child: the records' name for it, "" for the form's own table."""

    name: str
    model: type[FormModel]
    child: str = ""

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The fields in the model's order."""
        return tuple(_column(name, info) for name, info in self.model.model_fields.items())

    def column(self, name: str) -> Column | None:
        """The field of that name, None when the table has none."""
        return next((c for c in self.columns if c.name == name), None)


def _column(name: str, info: Any) -> Column:
    extra = dict(info.json_schema_extra)
    return Column(name=name, label=info.title, **extra)
