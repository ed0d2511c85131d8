"""Masking: names of victims of sexual offences and of children do not leave the case file.

The schema marks fields that identify a person (`private` of a column), for all forms alike.
`digitize/masking/sensitive.py` decides which records are sensitive. Another record of the case can make a record
sensitive as well: `digitize/masking/cases.py` collects such facts as a `CaseContext`. If no record of the case names a
section, complainants and victims are masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from digitize.masking.children import is_adult, is_child
from digitize.masking.hidden import (
    CHILD,
    COMPLAINANT,
    COPIES,
    HOME,
    HOME_BESIDE_CHILD,
    NAMESAKE,
    PERHAPS_CHILD,
    PERHAPS_VICTIM,
    TEXT,
    VICTIM,
    WITNESS,
    is_hidden_from,
)
from digitize.masking.lists import find_words, list_texts, load_lists
from digitize.masking.record_cache import cache_per_record
from digitize.masking.sensitive import accuses_child, hints_at_victim, is_sensitive, load_private_fields, names_sections
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
    protected: folded identifying texts of its victims and children. names_victim: one of them names a victim, or a
    child who is not accused. hints_at_victim: one of them is, or may be, of an offence that protects a victim.
    """

    is_sensitive: bool = False
    names_sections: bool = False
    children: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    accuses_child: bool = False
    protected: frozenset[str] = frozenset()
    names_victim: bool = False
    hints_at_victim: bool = False


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


def list_masked_paths(record: Record, beside: CaseContext = ALONE, viewer: str = COPIES) -> frozenset[str]:
    """Paths of fields masked for a viewer, left-over cells as "left_over.NAME"; empty if nothing is masked.

    Everyone except an adult accused is masked completely, since the complainant is often the victim or a relative. An
    adult accused keeps the name, unless it shares a word with a masked name. Any other field that contains a masked
    person's name is masked as well. If no section is known, only complainants and victims are masked.
    From whom which of it is hidden stands in `hidden.toml`.
    """
    cover = _plan_masking(record, beside, viewer)
    return cover.direct | cover.leaks | {f"left_over.{name}" for name in cover.left_over}


def mask_record(record: Record, beside: CaseContext = ALONE, viewer: str = COPIES) -> Record:
    """A copy for a viewer: raw text, value and candidates of masked fields, and left-over cells, are "[masked]".

    A record that needs no masking is returned unchanged.
    """
    cover = _plan_masking(record, beside, viewer)
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
    return _list_secrets(record, _find_reasons(record, beside, is_known=_is_known(record, beside)))


def list_protected_words(record: Record) -> frozenset[str]:
    """Folded identifying texts of its victims and children."""
    return _list_secrets(record, [path for path, _ in record.cells() if _is_of_protected(record, path)])


@cache_per_record
def names_victim(record: Record) -> bool:
    """Whether it names a victim, or a child who is not accused."""
    rows = record.children.get("persons", ())
    return any(
        bool(_fold_names(row))
        and (_find_role(row) == "victim" or (is_child(record, row) and _find_role(row) not in _ACCUSED))
        for row in rows
    )


def find_reasons(record: Record, beside: CaseContext = ALONE) -> dict[str, str]:
    """Path of each field that is masked in lists -> reason, of `hidden.toml`."""
    reasons = _find_reasons(record, beside, is_known=_is_known(record, beside))
    if not reasons and not is_masked(record, beside):
        return {}
    return reasons | _find_leak_reasons(record, reasons, _list_secrets(record, reasons) | beside.secrets)


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


def _find_reasons(record: Record, beside: CaseContext, *, is_known: bool) -> dict[str, str]:
    """Paths hidden by what they are, with the reason; for a case not known to be sensitive, those of the injured."""
    if not is_known and not _is_open(record, beside):
        return {}
    # Asked once: it reads all texts of the record.
    beside = replace(
        beside,
        accuses_child=beside.accuses_child or accuses_child(record),
        protected=beside.protected | list_protected_words(record),
        names_victim=beside.names_victim or names_victim(record),
        hints_at_victim=beside.hints_at_victim or hints_at_victim(record),
    )
    found = ((path, _find_reason(record, path, beside, is_known=is_known)) for path, _ in record.cells())
    return {path: reason for path, reason in found if reason}


def _find_reason(record: Record, path: str, beside: CaseContext, *, is_known: bool) -> str:
    """Reason for which a field is hidden, "" if it is not."""
    head, _, name = path.rpartition("].")
    child, _, index = head.partition("[")
    how = load_private_fields(record.form).get((child, name), "")
    if not how or not child:
        return TEXT if how and is_known else ""
    row = record.children[child][int(index)]
    person = row if child == "persons" else find_person(record, row)
    # Sections are not known: hidden are those who may be victims, and what may belong to one of them.
    if not is_known:
        return PERHAPS_VICTIM if person is None or _find_role(person) in _INJURED else ""
    return _find_reason_of(record, person, beside, is_name=child == "persons" and how == "person")


def _find_reason_of(record: Record, person: Row | None, beside: CaseContext, *, is_name: bool) -> str:
    """Reason for hiding a field of a person, of nobody known for None. is_name: not of home or kin."""
    if person is None:
        return WITNESS
    role = _find_role(person)
    if is_child(record, person) or bool(_fold_names(person) & beside.children):
        return CHILD
    if role in _ACCUSED:
        # Where a child is accused, whoever is not surely an adult may be that child.
        is_doubtful = beside.accuses_child and not is_adult(person)
        return PERHAPS_CHILD if is_doubtful else "" if is_name else _find_reason_of_home(person, beside) or HOME
    if role not in _INJURED:
        return WITNESS
    if role == "victim":
        return VICTIM
    if is_name:
        return COMPLAINANT if _is_no_victim(person, beside) else PERHAPS_VICTIM
    return _find_reason_of_home(person, beside) or PERHAPS_VICTIM


def _find_reason_of_home(person: Row, beside: CaseContext) -> str:
    """Where only an accused child is protected, the home of adults of other names is its own reason; else ""."""
    return HOME_BESIDE_CHILD if not beside.hints_at_victim and _is_no_victim(person, beside) else ""


def _is_no_victim(row: Row, beside: CaseContext) -> bool:
    """Whether a complainant is surely neither the victim nor of the family: an adult with other names than theirs.

    Where the case may have a victim whom nobody names, it may be the complainant.
    """
    if not beside.protected or not is_adult(row) or (beside.hints_at_victim and not beside.names_victim):
        return False
    texts = [text for name, cell in row.items() if _is_name(name) for text in list_texts(cell)]
    if any(_has_secret(t, beside.protected) for text in texts for t in (text, romanise(text))):
        return False
    sounds = {name_key(word) for text in texts for word in text.split()} - {""}
    return sounds.isdisjoint(name_key(word) for secret in beside.protected for word in secret.split())


def _is_name(name: str) -> bool:
    return name.startswith(("name", "alias", "relative_name"))


def _is_of_protected(record: Record, path: str) -> bool:
    """Whether a field is a person's who is a victim or a child."""
    row = _find_person_row(record, path)
    return row is not None and (_find_role(row) == "victim" or is_child(record, row))


def _find_person_row(record: Record, path: str) -> Row | None:
    head, _, _ = path.rpartition("].")
    child, _, index = head.partition("[")
    return record.children["persons"][int(index)] if child == "persons" else None


def _find_leak_reasons(record: Record, reasons: Mapping[str, str], secrets: frozenset[str]) -> dict[str, str]:
    """Other fields that hold a secret word, with the reason."""
    leaks = (path for path, cell in record.cells() if path not in reasons and _leaks_secret(path, cell, secrets))
    return {path: NAMESAKE if _is_accused_name(record, path) else TEXT for path in leaks}


def _is_accused_name(record: Record, path: str) -> bool:
    row = _find_person_row(record, path)
    return row is not None and _find_role(row) in _ACCUSED and path.rpartition(".")[2].startswith(("name", "alias"))


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


def _plan_masking(record: Record, beside: CaseContext, viewer: str) -> _MaskPlan:
    is_known = _is_known(record, beside)
    if not is_known and not _is_open(record, beside):
        return _NOTHING
    reasons = _find_reasons(record, beside, is_known=is_known)
    secrets = _list_secrets(record, reasons) | beside.secrets
    leaks = _find_leak_reasons(record, reasons, secrets)
    left_over = (
        n for n, t in record.left_over.items() if is_known or _has_secret(n, secrets) or _has_secret(t, secrets)
    )
    direct, told = (frozenset(p for p, why in some.items() if is_hidden_from(why, viewer)) for some in (reasons, leaks))
    return _MaskPlan(direct, told, secrets, frozenset(left_over))


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
