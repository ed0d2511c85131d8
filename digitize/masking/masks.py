"""Masking: names of victims of sexual offences and of children do not leave the case file.

The schema marks fields that identify a person (`private` of a column), for all forms alike.
`digitize/masking/sensitive.py` decides which records are sensitive. Another record of the case can make a record
sensitive as well: `digitize/masking/cases.py` collects such facts as a `CaseContext`. If no record of the case names a
section, complainants and victims are masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from digitize.masking.children import is_adult, is_child
from digitize.masking.lists import find_words, list_texts, load_lists
from digitize.masking.sensitive import accuses_child, is_sensitive, load_private_fields, names_sections
from mappers.names import name_key, romanise
from mappers.record import FieldValue, Record, Row
from mappers.schema import form_tables

MASK = "[masked]"
_ACCUSED = ("accused", "suspect", "convict", "offender")
_INJURED = ("complainant", "informant", "victim")


@dataclass(frozen=True, slots=True)
class CaseContext:
    """Facts from the other records of a case.

    is_sensitive: one of them is. names_sections: one of them names a section. children: names of its children, as from
    `_fold_names`. secrets: folded identifying texts of its masked persons. accuses_child: one of them accuses a child.
    """

    is_sensitive: bool = False
    names_sections: bool = False
    children: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    accuses_child: bool = False


ALONE = CaseContext()
_PHONE = 10
"""Digits of a telephone number without the country's."""
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")
_HAS_PHONE = re.compile(r"\d(?: ?\d){9}")


@dataclass(frozen=True, slots=True)
class _MaskPlan:
    """What is masked in one record. direct: paths by policy. leaks: others that hold a secret word.

    left_over: names of masked left-over cells.
    """

    direct: frozenset[str]
    leaks: frozenset[str]
    secrets: frozenset[str]
    left_over: frozenset[str]


_NOTHING = _MaskPlan(*(frozenset[str]() for _ in range(4)))


def is_masked(record: Record, beside: CaseContext = ALONE) -> bool:
    """Whether any of the record may need masking."""
    return _is_known(record, beside) or _is_open(record, beside)


def list_masked_paths(record: Record, beside: CaseContext = ALONE) -> frozenset[str]:
    """Paths of masked fields, left-over cells as "left_over.NAME"; empty if nothing is masked.

    Everyone except an adult accused is masked completely, since the complainant is often the victim or a relative. An
    adult accused keeps the name, unless it shares a word with a masked name. Any other field that contains a masked
    person's name is masked as well. If no section is known, only complainants and victims are masked.
    """
    cover = _plan_masking(record, beside)
    return cover.direct | cover.leaks | {f"left_over.{name}" for name in cover.left_over}


def mask_record(record: Record, beside: CaseContext = ALONE) -> Record:
    """A copy with raw text, value and candidates of masked fields replaced by "[masked]", and left-over cells as well.

    A record that needs no masking is returned unchanged.
    """
    cover = _plan_masking(record, beside)
    if cover == _NOTHING:
        return record
    fields = _mask_row("", record.fields, cover)
    children = {
        table: tuple(_mask_row(f"{table}[{i}].", row, cover) for i, row in enumerate(rows))
        for table, rows in record.children.items()
    }
    left_over = {_mask_label(n, cover): MASK if n in cover.left_over else t for n, t in record.left_over.items()}
    ignored = tuple(_mask_label(name, cover) for name in record.ignored)
    return replace(record, fields=fields, children=children, left_over=left_over, ignored=ignored)


def list_child_names(record: Record) -> frozenset[str]:
    """Names of its children, in the form compared with other records of the case."""
    rows = record.children.get("persons", ())
    return frozenset(n for row in rows if is_child(record, row) for n in _fold_names(row))


def list_secret_words(record: Record, beside: CaseContext = ALONE) -> frozenset[str]:
    """Folded identifying texts of the masked persons of this record."""
    return _list_secrets(record, _list_direct_paths(record, beside, is_known=_is_known(record, beside)))


def find_leaks(record: Record, paths: Iterable[str], *, wholly: bool = False) -> frozenset[str]:
    """Paths of other fields that contain a person's name or number from these paths.

    wholly: all words of a name in order; otherwise any of them.
    """
    hidden = frozenset(paths)
    secrets = _list_secrets(record, hidden, wholly=wholly)
    return frozenset(path for path, cell in record.cells() if path not in hidden and _leaks_secret(path, cell, secrets))


def _is_open(record: Record, beside: CaseContext) -> bool:
    """Whether this record has complainants or victims of a case with unknown sections."""
    # A form without a table of acts could never name one, and would always be masked.
    if beside.names_sections or "acts" not in _list_children(record.form) or names_sections(record):
        return False
    return any(_find_role(row) in _INJURED for row in record.children.get("persons", ()))


@cache
def _list_children(form: str) -> frozenset[str]:
    return frozenset(t.child for t in form_tables(form).values())


def _find_role(row: Row) -> str:
    role = row.get("role")
    return (role.value or "") if role is not None else ""


def _is_known(record: Record, beside: CaseContext) -> bool:
    return beside.is_sensitive or is_sensitive(record)


def _list_direct_paths(record: Record, beside: CaseContext, *, is_known: bool) -> frozenset[str]:
    """Paths by policy; for a case not known to be sensitive, those of complainants and victims."""
    if not is_known and not _is_open(record, beside):
        return frozenset()
    # Asked once: it reads all texts of the record.
    beside = replace(beside, accuses_child=beside.accuses_child or accuses_child(record))
    return frozenset(path for path, _ in record.cells() if _is_direct(record, path, beside, is_known=is_known))


def _is_direct(record: Record, path: str, beside: CaseContext, *, is_known: bool) -> bool:
    head, _, name = path.rpartition("].")
    child, _, index = head.partition("[")
    how = load_private_fields(record.form).get((child, name), "")
    if not how or not child:
        return bool(how) and is_known
    row = record.children[child][int(index)]
    person = row if child == "persons" else find_person(record, row)
    # Sections are not known: hidden are those who may be victims, and what may belong to one of them.
    if not is_known:
        return person is None or _find_role(person) in _INJURED
    if child != "persons" or how != "person":
        return True
    if _find_role(row) not in _ACCUSED or is_child(record, row) or bool(_fold_names(row) & beside.children):
        return True
    # Where a child is accused, whoever is not surely an adult may be that child.
    return beside.accuses_child and not is_adult(row)


def find_person(record: Record, row: Row) -> Row | None:
    """Person to whom a row of another table belongs; None if not stated."""
    line, persons = row.get("person_line"), record.children.get("persons", ())
    number = (line.value or "") if line is not None else ""
    return persons[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(persons) else None


def _fold_names(row: Row) -> frozenset[str]:
    """Names of a person as compared within a case: folded, romanised, and phonetic."""
    said = [
        t for name, cell in row.items() if name in ("name", "alias", "alias_2", "alias_3") for t in list_texts(cell)
    ]
    plain = {" ".join(find_words(spelled)) for t in said for spelled in (t, romanise(t))}
    return frozenset(plain | {f"sounds {k}" for t in said if (k := name_key(t))}) - {""}


def _plan_masking(record: Record, beside: CaseContext) -> _MaskPlan:
    is_known = _is_known(record, beside)
    if not is_known and not _is_open(record, beside):
        return _NOTHING
    direct = _list_direct_paths(record, beside, is_known=is_known)
    secrets = _list_secrets(record, direct) | beside.secrets
    leaks = (path for path, cell in record.cells() if path not in direct and _leaks_secret(path, cell, secrets))
    left_over = (
        n for n, t in record.left_over.items() if is_known or _has_secret(n, secrets) or _has_secret(t, secrets)
    )
    return _MaskPlan(direct, frozenset(leaks), secrets, frozenset(left_over))


def _list_secrets(record: Record, paths: Iterable[str], *, wholly: bool = False) -> frozenset[str]:
    """Folded identifying texts of masked persons: whole names and phones, and words of three letters or more."""
    cells = dict(record.cells())
    masked = [cells[p] for p in paths if p.startswith("persons[") and _is_telling(record.form, p.rpartition(".")[2])]
    # In Latin letters, too: another record may name the same person in another script.
    texts = [spelled for cell in masked for text in list_texts(cell) for spelled in {text, romanise(text)}]
    wholes = {" ".join(find_words(t)) for t in texts}
    parts = {w for t in texts for w in find_words(t)} if not wholly else set()
    # However a telephone's digits are parted, and with the country's before them or not.
    parts |= {digits for t in wholes if (digits := _parse_phone(t))}
    # Initials and short particles stand in every text, which would all be masked.
    return frozenset(w for w in wholes | parts if len(w) >= 3 and w not in load_lists().common)


@cache
def _is_telling(form: str, name: str) -> bool:
    """Whether a field of a person is a name, or a number that reaches them."""
    table = next(t for t in form_tables(form).values() if t.child == "persons")
    column = table.column(name)
    return column is not None and (column.kind == "name" or name in ("phone", "mobile"))


def _has_secret(text: str, secrets: frozenset[str]) -> bool:
    """Whether a text contains a masked name, including case endings and names of several words."""
    spaced = " " + " ".join(find_words(text))
    if any(f" {secret}" in spaced for secret in secrets):
        return True
    joined = _BETWEEN_DIGITS.sub("", spaced) if _HAS_PHONE.search(spaced) else ""
    return bool(joined) and any(secret in joined for secret in secrets if len(secret) >= _PHONE and secret.isdigit())


def _parse_phone(text: str) -> str:
    """Digits of a phone number without the country code; "" if it is none."""
    digits = "".join(text.split()).lstrip("+")
    return digits[-_PHONE:] if digits.isdigit() and len(digits) >= _PHONE else ""


def _leaks_secret(path: str, cell: FieldValue, secrets: frozenset[str]) -> bool:
    if path.startswith(("acts[", "convicted_acts[")) or path in load_lists().never:
        return False
    return any(_has_secret(text, secrets) for text in list_texts(cell))


def _mask_row(prefix: str, row: Row, cover: _MaskPlan) -> Row:
    return {name: _mask_cell(prefix + name, cell, cover) for name, cell in row.items()}


def _mask_cell(path: str, cell: FieldValue, cover: _MaskPlan) -> FieldValue:
    """The cell without identifying text; if only the raw text of an age or role identifies, its value stays."""
    # A file may be called after the person whom it is about.
    file, column = (_mask_label(x, cover) for x in (cell.origin.file, cell.origin.column))
    kept = replace(cell, origin=replace(cell.origin, file=file, column=column))
    if path not in cover.direct and path not in cover.leaks:
        return kept
    stays = cell.value is None or (path in cover.leaks and not _has_secret(cell.value, cover.secrets))
    raw, value = MASK if cell.raw else "", cell.value if stays else MASK
    return replace(kept, raw=raw, value=value, candidates=(MASK,) * len(cell.candidates))


def _mask_label(name: str, cover: _MaskPlan) -> str:
    """A file or column name, masked if it contains a masked person's name."""
    return MASK if _has_secret(name, cover.secrets) else name
