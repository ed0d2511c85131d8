"""Masking: the names of sexual offences' victims and of children do not leave the case file.

What tells of a person the schema says itself (`private` of a column), for every form alike.
Which records are sensitive says `digitize/masking/sensitive.py`. Another record of its case makes a record sensitive as
well: what those say comes in as `Beside` (`digitize/masking/cases.py` gathers it). Where no record of the case names a
section, nobody knows, and complainants and victims are masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from digitize.masking.children import is_adult, is_child
from digitize.masking.lists import load_lists, texts_of, words_in
from digitize.masking.sensitive import accuses_child, is_sensitive, names_sections, private_fields
from mappers.names import name_key, romanise
from mappers.record import FieldValue, Record, Row
from mappers.schema import form_tables

MASK = "[masked]"
_ACCUSED = ("accused", "suspect", "convict", "offender")
_INJURED = ("complainant", "informant", "victim")


@dataclass(frozen=True, slots=True)
class Beside:
    """What the other records of a case say for one of them.

    is_sensitive: one of them is. names_sections: one of them names a section. children: names of its children, as
    `_names` has them. secrets: what tells of its masked persons, folded. accuses_child: one of them says that a child
    is in conflict with the law.
    """

    is_sensitive: bool = False
    names_sections: bool = False
    children: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    accuses_child: bool = False


ALONE = Beside()
_PHONE = 10
"""Digits of a telephone number without the country's."""
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")
_HAS_PHONE = re.compile(r"\d(?: ?\d){9}")


@dataclass(frozen=True, slots=True)
class _Cover:
    """What is masked in one record. direct: paths named by the policy. leaks: others that hold a secret word.

    left_over: names of the cells left over that are masked.
    """

    direct: frozenset[str]
    leaks: frozenset[str]
    secrets: frozenset[str]
    left_over: frozenset[str]


_NOTHING = _Cover(*(frozenset[str]() for _ in range(4)))


def is_masked(record: Record, beside: Beside = ALONE) -> bool:
    """Whether anything of the record may have to be masked."""
    return _is_known(record, beside) or _is_open(record, beside)


def masked_paths(record: Record, beside: Beside = ALONE) -> frozenset[str]:
    """Paths of the fields that are masked, cells left over as "left_over.NAME"; empty when nothing has to be.

    Everyone but an adult accused is masked whole, for the complainant is often the victim or a relative. An adult
    accused keeps the name, unless a word of it is also in a masked name. Any other field in which a masked person's
    name turns up is masked too. Where no section is known, complainants and victims alone are masked.
    """
    cover = _cover(record, beside)
    return cover.direct | cover.leaks | {f"left_over.{name}" for name in cover.left_over}


def mask_record(record: Record, beside: Beside = ALONE) -> Record:
    """A copy in which every masked field's raw text, value and candidates are "[masked]"; left-over cells as well.

    A record of which nothing has to be masked comes back as it is.
    """
    cover = _cover(record, beside)
    if cover == _NOTHING:
        return record
    fields = _mask_row("", record.fields, cover)
    children = {
        table: tuple(_mask_row(f"{table}[{i}].", row, cover) for i, row in enumerate(rows))
        for table, rows in record.children.items()
    }
    left_over = {_hide(n, cover): MASK if n in cover.left_over else t for n, t in record.left_over.items()}
    ignored = tuple(_hide(name, cover) for name in record.ignored)
    return replace(record, fields=fields, children=children, left_over=left_over, ignored=ignored)


def child_names(record: Record) -> frozenset[str]:
    """The names of its children, as they are compared with those of other records of the case."""
    rows = record.children.get("persons", ())
    return frozenset(n for row in rows if is_child(record, row) for n in _names(row))


def secret_words(record: Record, beside: Beside = ALONE) -> frozenset[str]:
    """What tells of the persons who are masked in this record, folded."""
    return _secrets(record, _direct(record, beside, is_known=_is_known(record, beside)))


def tell_of(record: Record, paths: Iterable[str], *, wholly: bool = False) -> frozenset[str]:
    """Paths of other fields in which a name or number stands that one of these paths holds of a person.

    wholly: all words of a name, in their order; without it any of them will do.
    """
    hidden = frozenset(paths)
    secrets = _secrets(record, hidden, wholly=wholly)
    return frozenset(path for path, cell in record.cells() if path not in hidden and _leaks(path, cell, secrets))


def _is_open(record: Record, beside: Beside) -> bool:
    """Whether a case of which nobody knows the sections has complainants or victims in this record."""
    # A form without a table of acts could never name one, and would always be masked.
    if beside.names_sections or "acts" not in _children(record.form) or names_sections(record):
        return False
    return any(_role(row) in _INJURED for row in record.children.get("persons", ()))


@cache
def _children(form: str) -> frozenset[str]:
    return frozenset(t.child for t in form_tables(form).values())


def _role(row: Row) -> str:
    role = row.get("role")
    return (role.value or "") if role is not None else ""


def _is_known(record: Record, beside: Beside) -> bool:
    return beside.is_sensitive or is_sensitive(record)


def _direct(record: Record, beside: Beside, *, is_known: bool) -> frozenset[str]:
    """Paths that the policy names; of a case that is not known to be sensitive, those of complainants and victims."""
    if not is_known and not _is_open(record, beside):
        return frozenset()
    # Asked once: it reads all texts of the record.
    beside = replace(beside, accuses_child=beside.accuses_child or accuses_child(record))
    return frozenset(path for path, _ in record.cells() if _is_direct(record, path, beside, is_known=is_known))


def _is_direct(record: Record, path: str, beside: Beside, *, is_known: bool) -> bool:
    head, _, name = path.rpartition("].")
    child, _, index = head.partition("[")
    how = private_fields(record.form).get((child, name), "")
    if not how or not child:
        return bool(how) and is_known
    row = record.children[child][int(index)]
    person = row if child == "persons" else person_of(record, row)
    # Sections are not known: hidden are those who may be victims, and what may belong to one of them.
    if not is_known:
        return person is None or _role(person) in _INJURED
    if child != "persons" or how != "person":
        return True
    if _role(row) not in _ACCUSED or is_child(record, row) or bool(_names(row) & beside.children):
        return True
    # Where a child is accused, whoever is not surely an adult may be that child.
    return beside.accuses_child and not is_adult(row)


def person_of(record: Record, row: Row) -> Row | None:
    """The person to whom a row of another table belongs; None where it says none."""
    line, persons = row.get("person_line"), record.children.get("persons", ())
    number = (line.value or "") if line is not None else ""
    return persons[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(persons) else None


def _names(row: Row) -> frozenset[str]:
    """The names of a person as they are compared within a case: folded, in Latin letters too, and by their sounds."""
    said = [t for name, cell in row.items() if name in ("name", "alias", "alias_2", "alias_3") for t in texts_of(cell)]
    plain = {" ".join(words_in(spelled)) for t in said for spelled in (t, romanise(t))}
    return frozenset(plain | {f"sounds {k}" for t in said if (k := name_key(t))}) - {""}


def _cover(record: Record, beside: Beside) -> _Cover:
    is_known = _is_known(record, beside)
    if not is_known and not _is_open(record, beside):
        return _NOTHING
    direct = _direct(record, beside, is_known=is_known)
    secrets = _secrets(record, direct) | beside.secrets
    leaks = (path for path, cell in record.cells() if path not in direct and _leaks(path, cell, secrets))
    left_over = (n for n, t in record.left_over.items() if is_known or _tells(n, secrets) or _tells(t, secrets))
    return _Cover(direct, frozenset(leaks), secrets, frozenset(left_over))


def _secrets(record: Record, paths: Iterable[str], *, wholly: bool = False) -> frozenset[str]:
    """What tells of the masked persons, folded: names and phones whole, and their words of three letters or more."""
    cells = dict(record.cells())
    masked = [cells[p] for p in paths if p.startswith("persons[") and _is_telling(record.form, p.rpartition(".")[2])]
    # In Latin letters, too: another record may name the same person in another script.
    texts = [spelled for cell in masked for text in texts_of(cell) for spelled in {text, romanise(text)}]
    wholes = {" ".join(words_in(t)) for t in texts}
    parts = {w for t in texts for w in words_in(t)} if not wholly else set()
    # However a telephone's digits are parted, and with the country's before them or not.
    parts |= {digits for t in wholes if (digits := _phone(t))}
    # Initials and short particles stand in every text, which would all be masked.
    return frozenset(w for w in wholes | parts if len(w) >= 3 and w not in load_lists().common)


@cache
def _is_telling(form: str, name: str) -> bool:
    """Whether a field of a person is a name, or a number by which they are reached."""
    table = next(t for t in form_tables(form).values() if t.child == "persons")
    column = table.column(name)
    return column is not None and (column.kind == "name" or name in ("phone", "mobile"))


def _tells(text: str, secrets: frozenset[str]) -> bool:
    """Whether a masked name stands in a text; a word with a case ending counts, and a name of several words."""
    spaced = " " + " ".join(words_in(text))
    if any(f" {secret}" in spaced for secret in secrets):
        return True
    joined = _BETWEEN_DIGITS.sub("", spaced) if _HAS_PHONE.search(spaced) else ""
    return bool(joined) and any(secret in joined for secret in secrets if len(secret) >= _PHONE and secret.isdigit())


def _phone(text: str) -> str:
    """The digits of a telephone number without the country's; "" for what is none."""
    digits = "".join(text.split()).lstrip("+")
    return digits[-_PHONE:] if digits.isdigit() and len(digits) >= _PHONE else ""


def _leaks(path: str, cell: FieldValue, secrets: frozenset[str]) -> bool:
    if path.startswith(("acts[", "convicted_acts[")) or path in load_lists().never:
        return False
    return any(_tells(text, secrets) for text in texts_of(cell))


def _mask_row(prefix: str, row: Row, cover: _Cover) -> Row:
    return {name: _mask(prefix + name, cell, cover) for name, cell in row.items()}


def _mask(path: str, cell: FieldValue, cover: _Cover) -> FieldValue:
    """The cell without what tells of a person; where only the raw text of an age or a role tells, its value stays."""
    # A file may be called after the person whom it is about.
    file, column = (_hide(x, cover) for x in (cell.origin.file, cell.origin.column))
    kept = replace(cell, origin=replace(cell.origin, file=file, column=column))
    if path not in cover.direct and path not in cover.leaks:
        return kept
    stays = cell.value is None or (path in cover.leaks and not _tells(cell.value, cover.secrets))
    raw, value = MASK if cell.raw else "", cell.value if stays else MASK
    return replace(kept, raw=raw, value=value, candidates=(MASK,) * len(cell.candidates))


def _hide(name: str, cover: _Cover) -> str:
    """A file or column name, masked where it holds a masked person's name."""
    return MASK if _tells(name, cover.secrets) else name
