"""Mapping files as a page: `python -m mappers.explain.reference docs/mapping-reference.md`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mappers.binding.model import AlsoForm, IgnoreRule, LeaveRowsRule, MappingFile, MapRule, MatchRule, RowRule
from mappers.clean import Cleaner, load_cleaners
from mappers.explain import cleaner_words
from mappers.systems.model import HeadRule, LeaveRule, LookupRule, PartRule, SystemFile

_HEAD = """# Mapping files

This page is made from the models themselves (`python -m mappers.explain.reference docs/mapping-reference.md`); do not
edit it by hand.

A mapping file says how the rows of one old table, or the zones of one printed form, become records of one form. It is
TOML: `key = "value"`, comments behind `#`. It is bound before the first row: a field, cleaner, list or encoding that
does not exist stops with the file, the key and the nearest name that does. Put your own files into `mappings/` of the
workspace, each named after its id.

1. `digitize map new TABLE --state XX --out mappings/xx_my_table.toml` drafts one: every rule with its confidence, what
   is not sure as a comment behind `# ?`.
2. Read it line by line, compare it with the register, decide what is asked.
3. `digitize map explain mappings/xx_my_table.toml --to html` says it in words, for the officer who signs it.
4. Put ten rows into `mappings/golden/xx_my_table/source.csv`, write what they must become into `expected.jsonl` beside
   it, and let `digitize map test mappings/xx_my_table.toml` compare them; `--accept` writes what came out.
5. `digitize map coverage TABLE --mapping mappings/xx_my_table.toml` says which fields are filled and which stay empty.

Every cell of every row ends somewhere: mapped, ignored with a reason, in a row that is left out with
a reason, or reported as left over.

```toml
format = 1
id = "xx_my_table"
version = "1"
title = "Register of one station"
form = "iif1"
nulls = ["NIL", "N.A."]

[match]
columns = ["CRNO", "FIRDT", "ACCNM"]

[rows.accused]
table = "persons"
set = { role = "accused" }

[[map]]
from = "FIRDT"
to = "fir_date"
clean = "date"

[[map]]
from = "ACCNM"
into = "accused"
to = { name = "name", alias = "alias" }
clean = "person"

[[map]]
from = "ACCSEX"
into = "accused"
to = "sex"
clean = "code"
values = { "1" = "male", "2" = "female" }

[[ignore]]
from = "OPERATOR"
reason = "the clerk who typed it"

# The old system kept what was deleted there. Each such row is counted with this reason, and listed.
[[leave_rows]]
when = { DELFLAG = ["1", "Y"] }
reason = "deleted in the old system"

[[ignore]]
from = "DELFLAG"
reason = "says which rows were deleted"

# Rows with a day of arrest make a record of IIF-III as well.
[also.arrest]
form = "iif3"
needs = ["ARRDT"]

[[also.arrest.map]]
from = "CRNO"
to = "fir_no"
clean = "int"

[[also.arrest.map]]
from = "ARRDT"
to = "arrest_date"
clean = "date_after"
```
"""
_PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The file", MappingFile),
    ("`[match]`", MatchRule),
    ("`[rows.NAME]`", RowRule),
    ("`[[map]]`", MapRule),
    ("`[[ignore]]`", IgnoreRule),
    ("`[[leave_rows]]`", LeaveRowsRule),
    ("`[also.NAME]`", AlsoForm),
)
_SYSTEM = (
    ("`system.toml`", SystemFile),
    ("`[head]` of a system", HeadRule),
    ("`[[part]]` of a system", PartRule),
    ("`[[lookup]]` of a system", LookupRule),
    ("`[[leave]]` of a system", LeaveRule),
)
_OF_SYSTEM = """## Systems of several tables

Where an FIR lies in one table, its accused, sections and property in others, and codes in lookup tables, a file
`system.toml` in the folder of the mappings says what belongs together; see [systems](systems.md). A rule may then take
`from = "ps_cd.dist_cd"`: a further column of the row that a code stands for.
"""
# Keys that explain themselves to who wrote the models.
_PLAIN = {
    "format": "number of this format of files",
    "id": "small letters, digits and _; the file is called so",
    "version": "raised when the mapping changes; every value names it",
    "title": "what people see",
    "form": "a form (docs/schema.md)",
    "match": "which tables or printed forms it is for",
    "rows": "kinds of rows in child tables",
    "map": "the rules",
    "ignore": "what is left out on purpose",
    "families": "form families of printed pages",
    "columns": "columns that a table must have, all of them; the mapping that asks for most wins",
    "states": "codes of the states it is for; every state when left out",
    "table": "a child table of the form: acts, persons, property ...; of a system, the name of the old table",
    "from": "zone or column",
    "reason": "why, for who asks later",
    "set": "fixed fields",
    "head": "the table of which each row becomes a record",
    "part": "tables whose rows are parts of records",
    "lookup": "tables of codes",
    "leave": "tables that are left out",
}
_CLEANERS = """## Cleaners

*parts*: a cleaner with parts fills several fields (`to = { part = "field" }`); *many*: it may give several rows, so
that it needs a row of its own (`into`). A part that `to` leaves out is never lost: where the cell has it, the main
part's field keeps the whole text (a name keeps "alias Foo S/o Demo"), or gives no value where it is no text, with the
note `parts-not-mapped`; `digitize map explain` names such parts. What cannot be read surely gives no value: the text
stays, and a person is asked.
"""


def mapping_page() -> str:
    """The text of docs/mapping-reference.md."""
    parts = ("\n".join(_keys(title, model)) for title, model in _PARTS)
    system = ("\n".join(_keys(title, model)) for title, model in _SYSTEM)
    return "\n".join([_HEAD, *parts, _OF_SYSTEM, *system, _CLEANERS, *_cleaner_table()]) + "\n"


def main(path: str) -> None:
    """Write the page."""
    Path(path).write_text(mapping_page(), encoding="utf-8", newline="\n")


def _keys(title: str, model: type[BaseModel]) -> Iterator[str]:
    said, about = _split_docstring(model)
    yield f"## {title}\n"
    yield f"{said}\n"
    yield _line(["key", "value", "default", ""])
    yield _line(["---"] * 4)
    for name, info in model.model_fields.items():
        key = info.alias or name
        default = "needed" if info.is_required() else _default(info.default)
        said_of_it = about.get(key) or about.get(name) or _PLAIN.get(key, "")
        yield _line([f"`{key}`", _kind(info.annotation), default, said_of_it])
    yield ""


def _split_docstring(model: type[BaseModel]) -> tuple[str, dict[str, str]]:
    """The first sentence of a model's docstring, and what it says of each key ("key: text.")."""
    text = " ".join((model.__doc__ or "").split())
    first, _, rest = text.partition(". ") if ". " in text else text.partition("; ")
    names = [info.alias or name for name, info in model.model_fields.items()] + list(model.model_fields)
    pattern = re.compile(rf"(?:(?<=^)|(?<=[.;] ))({'|'.join(map(re.escape, dict.fromkeys(names)))}): ")
    found = list(pattern.finditer(rest))
    ends = [m.start() for m in found[1:]] + [len(rest)][: len(found)]
    about = {m.group(1): rest[m.end() : end].strip(" ;") for m, end in zip(found, ends, strict=True)}
    loose = rest[: found[0].start()].strip() if found else rest
    return f"{first.rstrip('.')}.{' ' + loose if loose else ''}", about


_KINDS = (
    (re.compile(r"typing\.Literal\[(.*)\]"), r"\1"),
    (re.compile(r"tuple\[str, \.\.\.\]"), "list of texts"),
    (re.compile(r"dict\[str, str\]"), "table of texts"),
    (re.compile(r"(dict|tuple)\[.*\b(AlsoForm|(Row|Map|Ignore|LeaveRows|Part|Lookup|Leave)Rule)\b.*\]"), "see below"),
    (re.compile(r"<class '(?:mappers\.model\.)?(\w+)'>"), r"\1"),
    (re.compile(r" \| None|None \| "), ""),
    (re.compile(r"\bdict\[str, (.*)\]"), r"table of \1"),
    (re.compile(r"\bstr\b"), "text"),
    (re.compile(r"\bbool\b"), "true or false"),
    (re.compile(r"<class '[\w.]*\b(MatchRule|HeadRule)'>|\b(MatchRule|HeadRule)\b"), "see below"),
    (re.compile(r" \| "), " or "),
)


def _kind(annotation: Any) -> str:
    text = str(annotation)
    for pattern, into in _KINDS:
        text = pattern.sub(into, text)
    return text


def _default(value: Any) -> str:
    if value in ("", None, (), {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _cleaner_table() -> Iterator[str]:
    yield _line(["cleaner", "for", "how the cell is read", "where it is not sure", "parts", "many"])
    yield _line(["---"] * 6)
    for name, cleaner in sorted(load_cleaners().items()):
        words = cleaner_words()[name]
        many = "many" if cleaner.many else ""
        yield _line([f"`{name}`", words.what, words.how, words.doubt, _parts(cleaner), many])


def _parts(cleaner: Cleaner) -> str:
    return ", ".join(f"`{p}`" for p in cleaner.parts)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"


if __name__ == "__main__":
    main(sys.argv[1])
