"""A system as a drawing in plain text: its tables, what belongs to what, and which columns hold codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mappers.systems.system import System, lookup_table


def draw(system: System, titles: Mapping[str, str]) -> str:
    """The drawing. titles: id of a mapping -> what it says of itself."""
    head = " + ".join(system.heads)
    lines = [system.title, "", f"{head}: each row is a record; its parts know it by {_and(system.key)}"]
    lines += _title(system.mapping, titles, "")
    lines += _codes(system, system.heads[0], bool(system.parts_of(system.heads[0])) and "|" or "")
    lines += _parts(system, system.heads[0], titles, "")
    if system.left:
        lines += ["", "Left out:"]
        lines += [f"  {table}: {why}" for table, why in system.left.items()]
    return "\n".join(lines) + "\n"


def _parts(system: System, of: str, titles: Mapping[str, str], before: str) -> Iterator[str]:
    ties = system.parts_of(of)
    for at, tie in enumerate(ties):
        is_last = at == len(ties) - 1
        yield f"{before}|"
        yield f"{before}+-- {tie.table}: {_and(tie.key)} is {_and(tie.to)} of {of}"
        deeper = before + ("    " if is_last else "|   ")
        yield from _title(tie.mapping, titles, deeper)
        yield from _codes(system, tie.table, deeper)
        yield from _parts(system, tie.table, titles, deeper)


def _title(mapping: str, titles: Mapping[str, str], before: str) -> list[str]:
    return [f"{before}    mapped by {mapping}: {titles[mapping]}"] if mapping in titles else []


def _codes(system: System, user: str, before: str) -> Iterator[str]:
    """The columns of a table that hold codes, and where these lead."""
    for (of, column), name in system.refers.items():
        if of == user:
            rule, own = system.lookups[name], lookup_table(name)
            further = [
                f"{c} -> {system.lookups[to].value} in {lookup_table(to)}"
                for (t, c), to in system.refers.items() if t == own
            ]  # fmt: skip
            more = f" ({'; '.join(further)})" if further else ""
            kind = "".join(f", where {c} is {text}" for c, text in rule.where.items())
            yield f"{before}    code {column} -> {rule.value} in {own}{kind}{more}"


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)
