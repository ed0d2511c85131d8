"""Layout files as written: the TOML model, nothing bound yet.

A file with [database] describes tables of a state that exist already, in PostgreSQL: their schemas and keys, and where
their codes stand. One without describes tables that we make or write out.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LayoutColumn(_Part):
    """Where one column of the target comes from; exactly one of the first six.

    field: of the table's own rows. parent: a field of the form's own record, in a child table. constant: always the
    same. is_line: number of the child row, from 1. is_language: code of the row's language. key_of: the key that the
    record's row in another table of the layout has. codes: one of [codes]. language: "native" or "english", of a name
    in a table without a row for each language. day: how days are written, such as "DD/MM/YYYY".

    With [database] only: line: with key_of, the field that holds the line of the row that is meant. lookup: one of
    [lookups], asked for the value, or for what codes made of it. absent: what is written where there is no value.
    is_required: a record without a value here is refused, whatever the database lets pass.
    """

    field: str = ""
    parent: str = ""
    constant: str | None = None
    is_line: bool = False
    is_language: bool = False
    key_of: str = ""
    codes: str = ""
    language: Literal["", "native", "english"] = ""
    day: str = ""
    line: str = ""
    lookup: str = ""
    absent: str | None = None
    is_required: bool = False

    @model_validator(mode="after")
    def _has_one_source(self) -> LayoutColumn:
        given = [bool(self.field), bool(self.parent), self.constant is not None, self.is_line, self.is_language]
        if sum(given) + bool(self.key_of) != 1:
            raise ValueError("give exactly one of field, parent, constant, is_line, is_language, key_of")
        if self.line and not self.key_of:
            raise ValueError("line goes with key_of")
        if (self.codes or self.lookup or self.absent is not None) and not (self.field or self.parent):
            raise ValueError("codes, lookup and absent go with field or parent")
        return self

    @property
    def is_own(self) -> bool:
        """Whether it asks for what only tables that exist already have."""
        return bool(self.key_of or self.lookup or self.absent is not None or self.is_required)


class LayoutTable(_Part):
    """One table of the target. of: the schema's table that fills it; where: field -> value that its rows must have.

    per_language: a row for each of [languages].

    With [database] only: schema: of the table, where it is not that of [database]. key: the columns by which one row of
    theirs is told from all others; a key column that is not among the columns is given by their database. sequence:
    from which we take the key, where their table does not give it by itself.
    """

    name: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    of: str
    where: dict[str, str] = {}
    per_language: bool = False
    schema_name: str = Field(default="", alias="schema")
    key: tuple[str, ...] = ()
    sequence: str = ""
    columns: dict[str, LayoutColumn] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, data: object) -> object:
        """A column given as a mere text is a field; a key given so is one column."""
        if isinstance(data, dict) and isinstance(data.get("key"), str):
            data = {**data, "key": (data["key"],)}
        if isinstance(data, dict) and isinstance(data.get("columns"), dict):
            columns = {k: {"field": v} if isinstance(v, str) else v for k, v in data["columns"].items()}
            return {**data, "columns": columns}
        return data


class LookupWithin(_Part):
    """A further column of a master table. parent: the field of the record's own table that it must equal, as codes or
    lookup make it.
    """

    parent: str
    codes: str = ""
    lookup: str = ""


class LayoutLookup(_Part):
    """A master table of theirs. table: with its schema; a row whose name is our value gives its code.

    where: columns with a fixed value. within: columns that depend on the record, as the district of a station.
    """

    table: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$")
    name: str = Field(min_length=1)
    code: str = Field(min_length=1)
    where: dict[str, str] = {}
    within: dict[str, LookupWithin] = {}


class LayoutDatabase(_Part):
    """That the tables exist already, in PostgreSQL. schema: of those that name none.

    fields: of a form's own table -> the one value that all records have there, as the state whose database it is; a
    record with another one is refused.
    """

    schema_name: str = Field(alias="schema", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    fields: dict[str, str] = {}


class LayoutFile(_Part):
    """A whole layout. languages: "native" and "english" -> the target's code. codes: name -> our value -> its code.

    database: given where the tables exist already and are not ours. lookups: name -> a master table of theirs.
    """

    format: Literal[1]
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=3)
    source: str = Field(min_length=3)
    languages: dict[Literal["native", "english"], str] = {}
    codes: dict[str, dict[str, str]] = {}
    database: LayoutDatabase | None = None
    lookups: dict[str, LayoutLookup] = {}
    tables: tuple[LayoutTable, ...] = Field(alias="table", min_length=1)
