"""Report of a drafted system: its files, and the role found for each table, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from mappers.draft import MappingDraft
from mappers.systems.lookup_ties import Guessed, LookupGuess
from mappers.systems.ties import TieGuess


@dataclass
class SystemDrafted:
    """A drafted system. text: of system.toml; mappings: id -> text. left: table -> reason; unknown: to ask about."""

    id: str
    text: str
    guessed: Guessed
    mappings: dict[str, str]
    drafts: dict[str, MappingDraft]
    left: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def rows(self) -> list[list[str]]:
        """Role of each table, its confidence, and the columns it is based on."""
        g = self.guessed
        # Points tell heads from each other; they are no share of 1 as those of ties are.
        rows = [[g.head, "head", "", ", ".join(g.key)]]
        for mark, ties in (("", g.ties), ("?", g.asked_ties)):
            rows += [[t.table, f"part of {t.of}{mark}", _sure(t), f"{_and(t.key)} is {_and(t.to)}"]
                     for t in ties]  # fmt: skip
        for mark, lookups in (("", g.lookups), ("?", g.asked_lookups)):
            rows += [
                [
                    x.table,
                    f"codes of {x.of}.{x.column}{mark}",
                    _sure(x),
                    f"{x.key} stands for {x.value}{_describe_conditions(x)}",
                ]
                for x in lookups
            ]
        rows += [[name, "left", "", why] for name, why in self.left.items()]
        return rows + [[name, "not known", "", "describe it in system.toml"] for name in self.unknown]

    def questions(self) -> list[str]:
        """Decisions needed before the system is used."""
        g = self.guessed
        said = [
            f"Does {t.table} belong to {t.of} by {_and(t.key)}? It is a comment in system.toml." for t in g.asked_ties
        ]
        said += [f"Does {x.of}.{x.column} hold codes of {x.table}? It is a comment in system.toml."
                 for x in g.asked_lookups]  # fmt: skip
        said += [f"{name}: nothing links it to the head. What is it?" for name in self.unknown]
        columns = sum(len(d.lines) - len(d.of_kind("mapped")) for d in self.drafts.values())
        return [*said, *([f"{columns} columns need a decision in the mappings of its tables."] if columns else [])]

    def to_plain(self) -> dict[str, Any]:
        """As JSON has it."""
        g = self.guessed
        return {
            "id": self.id, "head": g.head, "key": list(g.key), "heads": dict(g.heads),
            "parts": [asdict(t) for t in g.ties], "asked_parts": [asdict(t) for t in g.asked_ties],
            "lookups": [asdict(x) for x in g.lookups], "asked_lookups": [asdict(x) for x in g.asked_lookups],
            "left": self.left, "unknown": self.unknown, "system": self.text, "mappings": self.mappings,
        }  # fmt: skip


def _describe_conditions(guess: LookupGuess) -> str:
    return "".join(f", where {column} is {text}" for column, text in guess.where)


def _sure(guess: TieGuess | LookupGuess) -> str:
    return "declared" if guess.is_declared else f"{guess.confidence:.2f}"


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)
