"""The file that describes a system of tables, as written: nothing is looked up yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class HeadRule(_Part):
    """The table of which each row becomes a record. table: its name, or several where it was split, as by year.

    key: columns by which its parts know it. mapping: id; the one that fits the columns when not given.
    """

    table: tuple[str, ...]
    key: tuple[str, ...] = Field(min_length=1)
    mapping: str = ""

    @field_validator("table", mode="before")
    @classmethod
    def _one_or_several(cls, given: object) -> object:
        return (given,) if isinstance(given, str) else given


class PartRule(_Part):
    """A table whose rows are parts of another's. key: its columns that name the row it belongs to.

    of: the table it belongs to, "" for the head. to: the columns there that `key` meets, in the same order; the head's
    own key, or the row key of a part, when not given. row: its own key, by which a later delivery of the same row takes
    the earlier one's place. mapping: as with the head.
    """

    table: str = Field(min_length=1)
    key: tuple[str, ...] = Field(min_length=1)
    of: str = ""
    to: tuple[str, ...] = ()
    row: tuple[str, ...] = ()
    mapping: str = ""


class LookupRule(_Part):
    """A table of codes. key: column of the code; value: column of what it stands for; for: "table.column" that hold it.

    also: further columns of a code's row, which rules take as "column.further" ("ps_cd.dist_cd"). nothing: codes by
    which the system says that there is none. encoding: of its texts, "auto" to find out.
    """

    table: str = Field(min_length=1)
    key: str = Field(min_length=1)
    value: str = Field(min_length=1)
    columns: tuple[str, ...] = Field(alias="for", min_length=1)
    also: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    encoding: str = "auto"
    where: Mapping[str, str] = Field(default_factory=dict)


class LeaveRule(_Part):
    """Tables that hold nothing of a case: a name, or a pattern with * in it, and why they are left."""

    table: str = Field(min_length=1)
    reason: str = Field(min_length=3)


class SystemSection(_Part):
    """What belongs together, as [system] of the head's mapping file says it."""

    head: HeadRule
    parts: tuple[PartRule, ...] = Field(alias="part", default=())
    lookups: tuple[LookupRule, ...] = Field(alias="lookup", default=())
    leave: tuple[LeaveRule, ...] = ()


class SystemFile(SystemSection):
    """One system. id: of it; title: for people."""

    format: Literal[1]
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=3)


class MappingWithSystem(BaseModel):
    """A mapping file, as far as it speaks of a system."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    title: str
    system: SystemSection
