"""Function names that are no sentence: a bare participle or particle, or a phrase of them without a verb."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.house.imports import House

_WORDS: dict[str, frozenset[str]] = {
    kind: frozenset(text.split())
    for kind, text in tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8")).items()
}
_ADAPTED = ("is_", "has_", "as_", "to_", "from_")
_ATTRIBUTES = {"property", "cached_property", "computed_field", "setter", "deleter", "getter"}
_OF_PYDANTIC = {"field_validator", "model_validator", "field_serializer", "model_serializer"}


@dataclass(frozen=True)
class Named:
    """A function as it is named. where: path and line; is_attribute: a property, which reads as a noun."""

    name: str
    where: str
    is_attribute: bool = False

    def __str__(self) -> str:
        """One line for whoever renames it."""
        return f"{self.where} {self.name}"


def functions(house: House) -> Iterator[Named]:
    """Functions and methods of a house whose name somebody chose: no dunder, no validator of pydantic."""
    for module, tree in house.trees.items():
        path = house.files[module].relative_to(house.root).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("__"):
                by = {_last_name(d) for d in node.decorator_list}
                if not by & _OF_PYDANTIC:
                    yield Named(node.name, f"{path}:{node.lineno}", bool(by & _ATTRIBUTES))


def is_participle(word: str) -> bool:
    """Whether a word is a past participle, by its ending or by the list of irregular ones."""
    return word in _WORDS["participles"] or (
        len(word) > 3 and word.endswith("ed") and word not in _WORDS["verbs_in_ed"]
    )


def is_bare(name: str) -> bool:
    """Whether a name is one word that is neither verb nor noun: `_told`, `_beside`, `_whole`."""
    word = name.strip("_").lower()
    return "_" not in word and (word in _WORDS["particles"] or is_participle(word))


def is_bare_phrase(name: str) -> bool:
    """Whether a name begins with a preposition or a participle and has no verb: `_with_new_prints`, `_in_lots`."""
    words = re.split("_+", name.strip("_").lower())
    if len(words) < 2 or name.lstrip("_").startswith(_ADAPTED):
        return False
    return (words[0] in _WORDS["prepositions"] or is_participle(words[0])) and not _WORDS["verbs"].intersection(
        words[1:]
    )


def bare_names(house: House) -> list[Named]:
    """Functions that are named by a bare participle or particle; properties are left out."""
    return [f for f in functions(house) if not f.is_attribute and is_bare(f.name)]


def bare_phrases(house: House) -> list[Named]:
    """Functions that are named by a phrase without a verb."""
    return [f for f in functions(house) if not f.is_attribute and is_bare_phrase(f.name)]


def bare_properties(house: House) -> list[Named]:
    """Properties that are named by a bare participle or particle: most read well where they are used."""
    return [f for f in functions(house) if f.is_attribute and is_bare(f.name)]


def _last_name(node: ast.expr) -> str:
    """The last name of a decorator: `cache` of functools.cache, `command` of app.command()."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
