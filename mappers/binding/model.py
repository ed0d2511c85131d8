"""Mapping files as written: the TOML model, nothing bound yet."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class MapRule(_Part):
    """One source cell and where it goes.

    from: zone or column. to: a field, or for a cleaner with parts a table part -> field. clean: name of a cleaner.
    into: name of a row of the mapping's [rows]; "" for the record itself. list: a code list other than the field's.
    encoding: of this column, where it differs from the mapping's ("" for plain text, "auto" to find out from the
    column). continued: the texts of a
    zone that runs over several pages are joined. spare: fills only what another rule left empty; a cell of which
    nothing is needed is left over. values: what the codes of this source stand for, as a table of its own or the name
    of one of [values]; "" for a code that says nothing. nulls: in place of the mapping's. when: other cells and the
    texts of which they must have one ("" for an empty cell), else the rule does not hold. date_format: order in which
    the column writes dates, where it is not day, month, year with something between them ("DDMMYY", "MM/DD/YYYY").
    """

    source: str = Field(alias="from", min_length=1)
    to: str | dict[str, str]
    clean: str = "text"
    into: str = ""
    list: str = ""
    encoding: str | None = None
    continued: bool = False
    spare: bool = False
    values: str | dict[str, str] = ""
    nulls: tuple[str, ...] | None = None
    when: dict[str, str | tuple[str, ...]] = {}
    date_format: str = ""


class RowRule(_Part):
    """A kind of row in a child table; set: its fixed fields, such as role = "accused"."""

    table: str
    set: dict[str, str] = {}


class IgnoreRule(_Part):
    """A source cell that is left out on purpose, and why."""

    source: str = Field(alias="from", min_length=1)
    reason: str = Field(min_length=3)


class LeaveRowsRule(_Part):
    """Rows of a table that make no record, and why. when: cells and the texts of which they must have one ("" for an
    empty cell); unless: the same of rows that are kept.
    """

    when: dict[str, str | tuple[str, ...]] = {}
    unless: dict[str, str | tuple[str, ...]] = {}
    reason: str = Field(min_length=3)


class MatchRule(_Part):
    """What the mapping is for: form families of pages, or tables that have all these columns; states limits it."""

    families: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


class AlsoForm(_Part):
    """Another form that the same rows make: an arrest, a final report. needs: cells of which one must say something
    that a rule of this form takes. when: other cells and the texts of which they must have one, else the row makes no
    such record; nor does it where nothing but the key of its FIR would be in the record.
    """

    form: str
    needs: tuple[str, ...] = Field(min_length=1)
    when: dict[str, str | tuple[str, ...]] = {}
    set: dict[str, str] = {}
    rows: dict[str, RowRule] = {}
    rules: tuple[MapRule, ...] = Field(alias="map", min_length=1)


class MappingFile(_Part):
    """One mapping file. form: the target form's id. encoding: of all columns that name no other.
    encoding_checked: a person has compared the text with the old program, so that what columns look like does not
    count. set: fixed fields. values: tables of this source's codes, by name. nulls: how it writes that there is
    nothing ("NIL", "00/00/00"). also: other forms made from the same rows, by a name that their records' ids end in.
    part: each row is a part of a record that another table makes, such as one accused; it waits and is not loaded.
    leave_rows: rows that make no record, such as those marked as deleted. system: of the head of several tables, what
    system.toml would say.
    """

    format: Literal[1]
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: str = Field(pattern=r"^\d+$")
    title: str = Field(min_length=3)
    form: str
    match: MatchRule
    encoding: str = ""
    encoding_checked: bool = False
    part: bool = False
    set: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    nulls: tuple[str, ...] = ()
    rows: dict[str, RowRule] = {}
    rules: tuple[MapRule, ...] = Field(alias="map", min_length=1)
    ignore: tuple[IgnoreRule, ...] = ()
    leave_rows: tuple[LeaveRowsRule, ...] = ()
    also: dict[str, AlsoForm] = {}
    system: dict[str, Any] = {}
