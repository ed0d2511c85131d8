"""A guessed system as its file: what is sure in force, what is not as a comment that a person turns into a rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from mappers.systems.lookup_ties import Guessed, LookupGuess
from mappers.systems.ties import TieGuess


def write_system(
    guessed: Guessed, system_id: str, mappings: Mapping[str, str], left: Mapping[str, str], unknown: Sequence[str]
) -> str:
    """The text of system.toml; it binds as it stands. mappings: table -> id of its mapping. left: table -> why."""
    return "\n".join(
        [
            *_head(guessed, system_id, mappings), *(x for t in guessed.ties for x in _part(t, mappings)),
            *(x for t in guessed.asked_ties for x in _comment_out(_part(t, mappings))),
            *_lookups(guessed.lookups), *(x for g in guessed.asked_lookups for x in _comment_out(_lookup([g]))),
            *_write_leaves(left), *_unknown(unknown),
        ]
    ) + "\n"  # fmt: skip


def _head(guessed: Guessed, system_id: str, mappings: Mapping[str, str]) -> Iterator[str]:
    yield "# A draft: the number behind a tie says how sure it is, of 1. Compare it with the old program, then remove"
    yield "# the # before what is right of what is asked (# ?)."
    others = [f"{name} ({rank})" for name, rank in guessed.heads.items() if name != guessed.head]
    if others:
        yield f"# ? The head could also be {_comment(', '.join(others))}; {_comment(guessed.head)} has"
        yield f"#   {guessed.heads[guessed.head]}: what its columns tell of an FIR, and how many tables know its rows."
    yield "format = 1"
    yield f"id = {_text(system_id)}"
    yield f"title = {_text(f'Draft for the system of {guessed.head}')}"
    yield ""
    yield "# Each row of it becomes a record."
    yield "[head]"
    yield f"table = {_text(guessed.head)}"
    yield f"key = {_texts(guessed.key)}"
    if guessed.head in mappings:
        yield f"mapping = {_text(mappings[guessed.head])}"
    yield ""


def _part(tie: TieGuess, mappings: Mapping[str, str]) -> Iterator[str]:
    rows = f"{'several rows' if tie.is_many else 'one row'} for one of {_comment(tie.of)}"
    sure = "declared by the file" if tie.is_declared else f"{tie.confidence:.2f}"
    yield f"[[part]]  # {sure}: {rows}; {tie.share:.0%} of its keys are there"
    yield f"table = {_text(tie.table)}"
    yield f"key = {_texts(tie.key)}"
    yield f"of = {_text(tie.of)}"
    yield f"to = {_texts(tie.to)}"
    if tie.row:
        yield f"row = {_texts(tie.row)}"
    if tie.table in mappings:
        yield f"mapping = {_text(mappings[tie.table])}"
    yield ""


def _lookups(lookups: Sequence[LookupGuess]) -> Iterator[str]:
    """One lookup of each table, and of each kind of its codes, for all columns that refer to it by the same key."""
    by_table: dict[object, list[LookupGuess]] = {}
    for guess in lookups:
        by_table.setdefault((guess.table, guess.where), []).append(guess)
    for own in by_table.values():
        first = max(own, key=lambda g: g.confidence)
        same = [g for g in own if g.key == first.key]
        yield from _lookup(same)
        for other in (g for g in own if g.key != first.key):
            yield from _comment_out(_lookup([other]))


def _lookup(own: Sequence[LookupGuess]) -> Iterator[str]:
    first = own[0]
    sure = ", ".join("declared" if g.is_declared else f"{g.confidence:.2f}" for g in own)
    yield f"[[lookup]]  # {sure}"
    yield f"table = {_text(first.table)}"
    yield f"key = {_text(first.key)}"
    yield f"value = {_text(first.value)}"
    if first.where:
        yield f"where = {{ {', '.join(f'{_text(c)} = {_text(t)}' for c, t in first.where)} }}"
    yield f"for = {_texts([f'{g.of}.{g.column}' for g in own])}"
    if first.also:
        yield f"also = {_texts(first.also)}"
    yield ""


def _write_leaves(left: Mapping[str, str]) -> Iterator[str]:
    for table, reason in left.items():
        yield "[[leave]]"
        yield f"table = {_text(table)}"
        yield f"reason = {_text(reason)}"
        yield ""


def _unknown(tables: Sequence[str]) -> Iterator[str]:
    for table in tables:
        yield f"# ? {_comment(table)}: nothing ties it to the head, and it holds something. A part, a lookup, or left?"
        yield from _comment_out(("[[leave]]", f"table = {_text(table)}", 'reason = "say here why it is left"', ""))


def _comment_out(lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    for at, line in enumerate(lines):
        yield f"# ? {line}" if not at else f"# {line}" if line else ""


def _text(text: str) -> str:
    # The escapes of JSON are those of TOML, but for one character that TOML wants escaped, too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(texts: Sequence[str]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"


def _comment(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
