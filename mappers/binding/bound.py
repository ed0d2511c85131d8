"""Mappings ready to use: rules whose names all exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mappers.binding.dialect import Condition, Dialect, LeftRows
from mappers.binding.model import MatchRule
from mappers.clean import Cleaner
from mappers.encodings import Encoding

# Encoding of columns of which the mapping does not know it.
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule whose names exist. targets: (part, field); the part is "" for a cleaner of one value. codes: list.

    dialect: what this source means by the cell, and when the rule holds. unrouted: parts that the mapping sends nowhere
    although they say something of their own. constants: fixed fields of the same row. keeps_text: the main part's field
    takes any text. by_lines: it stands beside several persons of another rule, and has a line for each.
    """

    source: str
    cleaner: Cleaner
    targets: tuple[tuple[str, str], ...]
    row: str
    codes: Mapping[str, str]
    encoding: str
    continued: bool
    spare: bool
    dialect: Dialect = Dialect()
    unrouted: frozenset[str] = frozenset()
    constants: Mapping[str, str] = field(default_factory=dict)
    keeps_text: bool = False
    by_lines: bool = False

    @property
    def main(self) -> str:
        """The field that keeps the raw text when nothing else fits."""
        return next(name for part, name in self.targets if part == self.cleaner.main)

    def means_always(self, text: str) -> bool:
        """Whether a text means the same on every day and in every book."""
        is_timeless = self.cleaner.is_timeless
        return is_timeless is not None and not self.unrouted and self.dialect.is_usual and is_timeless(text)


@dataclass(frozen=True)
class BoundRow:
    """A kind of child row: the table the record knows it under, and its fixed fields."""

    name: str
    child: str
    set: Mapping[str, str]


@dataclass(frozen=True)
class FormMapping:
    """A mapping ready to use. by: what FieldValues say of it. digest: SHA-256 of the file and of the font tables that
    it rests on, for keys of work. encodings: column -> its encoding, for columns that are not plain text.
    encoding_checked: a person vouches for them. part: its rows are parts of other tables' records. also: name ->
    another form that the same rows make. needs: of such a form, the cells of which one must say something; when: of
    such a form, the condition. left_rows: rows of a table that make no record. notes: what a person should know of the
    mapping, though it can be used. doubted: columns of which nobody could say in which encoding they are; their values
    are doubtful.
    """

    id: str
    version: str
    title: str
    form: str
    file: str
    digest: str
    match: MatchRule
    set: Mapping[str, str]
    rows: Mapping[str, BoundRow]
    rules: tuple[BoundRule, ...]
    ignored: frozenset[str]
    encodings: Mapping[str, Encoding]
    encoding_checked: bool = False
    part: bool = False
    left_rows: tuple[LeftRows, ...] = ()
    also: Mapping[str, FormMapping] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    when: Condition = Condition()
    notes: tuple[str, ...] = ()
    doubted: frozenset[str] = frozenset()

    @property
    def all_rules(self) -> tuple[BoundRule, ...]:
        """The rules of all forms that a row makes."""
        return (*self.rules, *(r for m in self.also.values() for r in m.rules))

    @property
    def by(self) -> str:
        """Mapping id and version, as a FieldValue names its maker."""
        return f"{self.id} {self.version}"
