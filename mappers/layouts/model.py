"""Layout files as written: the TOML model, nothing bound yet."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LayoutColumn(_Part):
    """Where one column of the target comes from; exactly one of the first five.

    field: of the table's own rows. parent: a field of the form's own record, in a child table. constant: always the
    same. is_line: number of the child row, from 1. is_language: code of the row's language. codes: one of [codes].
    language: "native" or "english", of a name in a table without a row for each language. day: how days are written,
    such as "DD/MM/YYYY".
    """

    field: str = ""
    parent: str = ""
    constant: str | None = None
    is_line: bool = False
    is_language: bool = False
    codes: str = ""
    language: Literal["", "native", "english"] = ""
    day: str = ""

    @model_validator(mode="after")
    def _has_one_source(self) -> LayoutColumn:
        given = [bool(self.field), bool(self.parent), self.constant is not None, self.is_line, self.is_language]
        if sum(given) != 1:
            raise ValueError("give exactly one of field, parent, constant, is_line, is_language")
        return self


class LayoutTable(_Part):
    """One table of the target. of: the schema's table that fills it; where: field -> value that its rows must have.

    per_language: a row for each of [languages].
    """

    name: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    of: str
    where: dict[str, str] = {}
    per_language: bool = False
    columns: dict[str, LayoutColumn] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _short_columns(cls, data: object) -> object:
        """A column given as a mere text is a field."""
        if isinstance(data, dict) and isinstance(data.get("columns"), dict):
            columns = {k: {"field": v} if isinstance(v, str) else v for k, v in data["columns"].items()}
            return {**data, "columns": columns}
        return data


class LayoutFile(_Part):
    """A whole layout. languages: "native" and "english" -> the target's code. codes: name -> our value -> its code."""

    format: Literal[1]
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=3)
    source: str = Field(min_length=3)
    languages: dict[Literal["native", "english"], str] = {}
    codes: dict[str, dict[str, str]] = {}
    tables: tuple[LayoutTable, ...] = Field(alias="table", min_length=1)
