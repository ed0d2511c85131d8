"""A target table described by a pydantic model: its columns, their kinds, labels and weight."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["text", "name", "int", "year", "date", "time", "money", "decimal", "code"]
Private = Literal["", "person", "kin", "text"]
Text = str | None
ROMAN = "_roman"


def column(
    label: str,
    kind: Kind = "text",
    *,
    item: str = "",
    codes: str = "",
    high: bool = False,
    mandatory: bool = False,
    private: Private = "",
) -> Any:
    """One optional field of a form's model.

    label: English name for people. kind: how the canonical text is written (date: YYYY-MM-DD, time: HH:MM, money and
    decimal: plain digits with a point). item: number on the printed form. codes: list in `codes/lists.toml`. high: an
    error changes identity or law (rules.md section F). mandatory: asked for by every source (iif-forms.md section 4).
    private: what it tells where the law protects a victim or child: "person" who somebody is, "kin" the family and
    home (masked for an adult accused, too), "text" free text in which names may stand.
    """
    extra: dict[str, Any] = {
        "kind": kind, "item": item, "codes": codes, "high": high, "mandatory": mandatory, "private": private,
    }  # fmt: skip
    return Field(default=None, title=label, json_schema_extra=extra)


class FormModel(BaseModel):
    """Base of the form models: unknown fields are refused, values are canonical text.

    What several forms share is inherited; a form says of inherited fields, as keywords of its class, which item they
    are on its own print (`items`) and which of them it asks for (`mandatory`).
    """

    # Only `digitize schema` and tests make objects of all forms; for the others a look at the fields is enough.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    own_items: ClassVar[Mapping[str, str]] = {}
    own_mandatory: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, *, items: Any = None, mandatory: Any = (), **kwargs: Any) -> None:
        """Let the keywords through to `__pydantic_init_subclass__`."""
        super().__init_subclass__(**kwargs)

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, items: Mapping[str, str] | None = None, mandatory: Sequence[str] = (), **kwargs: Any
    ) -> None:
        """Keep a form's word on inherited fields. Raises TypeError for a field that it has not."""
        unknown = {*(items or {}), *mandatory} - set(cls.model_fields)
        if unknown:
            raise TypeError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
        cls.own_items = {**cls.own_items, **(items or {})}
        cls.own_mandatory = cls.own_mandatory | set(mandatory)


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a table; see `column` for the meanings.

    roman_of: the name of which this is the spelling in Latin letters; "" for every other field.
    """

    name: str
    label: str
    kind: Kind
    item: str = ""
    codes: str = ""
    high: bool = False
    mandatory: bool = False
    private: Private = ""
    roman_of: str = ""


@dataclass(frozen=True)
class Table:
    """One target table. name: "iif1" or "iif1_acts". child: the records' name for it, "" for the form's own table.

    key: of the form's own table, the fields that together name one record among all of the form.
    """

    name: str
    model: type[FormModel]
    child: str = ""
    key: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The fields as the print has them, those without an item last; a child table's in its model's order.

        Behind every name stands its spelling in Latin letters.
        """
        made = [_column(self.model, name) for name in self.model.model_fields]
        ordered = made if self.child else sorted(made, key=_place_on_print)
        return tuple(both for c in ordered for both in _with_roman(c, self.model))

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """The fields by name."""
        return {c.name: c for c in self.columns}

    def column(self, name: str) -> Column | None:
        """The field of that name, None when the table has none."""
        return self.by_name.get(name)


def _column(model: type[FormModel], name: str) -> Column:
    info = model.model_fields[name]
    extra = info.json_schema_extra
    assert isinstance(extra, dict) and info.title
    made = Column(name=name, label=info.title, **extra)  # type: ignore[arg-type]
    item = model.own_items.get(name, made.item)
    return replace(made, item=item, mandatory=made.mandatory or name in model.own_mandatory)


def _with_roman(column: Column, model: type[FormModel]) -> Iterator[Column]:
    """A name's spelling in Latin letters is a field of its own: a source may give it, else it is worked out."""
    yield column
    if column.kind == "name" and column.name + ROMAN not in model.model_fields:
        label = f"{column.label}, in Latin letters"
        yield Column(column.name + ROMAN, label, "name", column.item, private=column.private, roman_of=column.name)


def _place_on_print(column: Column) -> tuple[int, str]:
    number = re.match(r"\d+", column.item)
    return (int(number[0]), column.item) if number else (999, "")
