"""Masking: the names of sexual offences' victims and of children do not leave the case file.

What tells of a person the schema says itself (`private` of a column), for every form alike.
A record is sensitive when one of its sections is (`masking.toml`), when one of its persons is a child, or when anything
that was read hints at either: where sections or ages are doubtful, raw text and candidates count too. Another record of
its case makes it sensitive as well: what those say comes in as `Beside` (`digitize/masking/cases.py` gathers it). Where
no record of the case names a section, nobody knows, and complainants and victims are masked.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from mappers.names import name_key, romanise
from mappers.record import FieldValue, Record, Row
from mappers.schema import form_tables
from mappers.text.folding import fold_digits

MASK = "[masked]"
_ADULT = 18
_ACCUSED = ("accused", "suspect", "convict", "offender")
_INJURED = ("complainant", "informant", "victim")
_BNS_YEAR = 2024
_NUKTAS = dict.fromkeys(map(ord, "\u093c\u09bc\u0a3c\u0abc\u0b3c"))
# Letters that engines give for digits; only used on section text that is not sure.
_LOOKALIKES = str.maketrans("OolI|ZSsbGTgq", "0011125566799")


@dataclass(frozen=True, slots=True)
class _Policy:
    sections: Mapping[str, frozenset[int]]
    whole_acts: frozenset[str]
    numbers: frozenset[int]
    words: re.Pattern[str]
    common: frozenset[str]
    never: frozenset[str]


@dataclass(frozen=True, slots=True)
class Beside:
    """What the other records of a case say for one of them.

    is_sensitive: one of them is. names_sections: one of them names a section. children: names of its children, as
    `_names` has them. secrets: what tells of its masked persons, folded.
    """

    is_sensitive: bool = False
    names_sections: bool = False
    children: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()


ALONE = Beside()


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


def is_sensitive(record: Record) -> bool:
    """Whether the law, or the doubt about a reading, keeps persons of this record out of copies, taken by itself."""
    return _has_protected_section(record) or _has_child(record) or _has_hint(record)


def names_sections(record: Record) -> bool:
    """Whether anything is written where the record has its acts and sections."""
    return any(any(_texts(row.get(name))) for row in _sections(record) for name in ("act", "section"))


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
    return frozenset(n for row in rows if _is_child(record, row) for n in _names(row))


def secret_words(record: Record, beside: Beside = ALONE) -> frozenset[str]:
    """What tells of the persons who are masked in this record, folded."""
    return _secrets(record, _direct(record, beside, is_known=_is_known(record, beside)))


@cache
def _policy() -> _Policy:
    data = tomllib.loads((resources.files("digitize.masking") / "masking.toml").read_text(encoding="utf-8"))
    return _Policy(
        sections={act: frozenset(numbers) for act, numbers in data["sections"].items()},
        whole_acts=frozenset(data["acts"]["whole"]),
        numbers=frozenset(data["hints"]["numbers"]),
        words=_pattern(data["hints"]["words"]),
        common=frozenset(map(_fold, data["hints"]["common"])),
        never=frozenset(data["fields"]["never"]),
    )


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    parts = (rf"\b{re.escape(w)}" if w.isascii() else re.escape(_fold(w)) for w in words)
    return re.compile("|".join(parts))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", fold_digits(text)).translate(_NUKTAS).casefold()


def _texts(cell: FieldValue | None) -> Iterator[str]:
    """All texts of a cell: raw, value and candidates."""
    if cell is not None:
        yield from (t for t in (cell.raw, cell.value or "", *cell.candidates) if t)


def _has_protected_section(record: Record) -> bool:
    return any(_is_protected(record, row) for row in _sections(record))


def _sections(record: Record) -> Iterator[Row]:
    """Every row that names an act or a section, in whatever table of the form."""
    for rows in record.children.values():
        yield from (row for row in rows if "act" in row or "section" in row)


def _is_protected(record: Record, row: Row) -> bool:
    policy = _policy()
    act, section = row.get("act"), row.get("section")
    if any(_upper(t) in policy.whole_acts for t in _texts(act)):
        return True
    numbers = {n for t in _texts(section) for n in _numbers(t)}
    if act is not None and act.value and act.is_sure() and not _is_inferred(row):
        return bool(numbers & policy.sections.get(act.value, frozenset()))
    known = {n for a, s in policy.sections.items() for n in s if a != "BNS" or not _is_before_bns(record)}
    return bool(numbers & known)


def _upper(text: str) -> str:
    return re.sub(r"[^A-Z]", "", text.upper())


def _is_inferred(row: Row) -> bool:
    cell = row.get("act_is_inferred")
    return cell is not None and cell.value == "yes"


def _is_before_bns(record: Record) -> bool:
    """Whether the record is surely older than the BNS."""
    years = [c.value[:4] for c in map(record.fields.get, ("year", "fir_date")) if c and c.value and c.is_sure()]
    return bool(years) and all(y.isdigit() and int(y) < _BNS_YEAR for y in years)


def _numbers(text: str) -> Iterator[int]:
    for run in re.findall(r"(?<!\d)\d{1,4}(?!\d)", fold_digits(text)):
        yield int(run)


def _has_child(record: Record) -> bool:
    return any(_is_child(record, row) for row in record.children.get("persons", ()))


def _is_child(record: Record, row: Row) -> bool:
    age, birth, year = row.get("age"), row.get("birth_year"), record.fields.get("year")
    if any(n < _ADULT for n in _ages(age)):
        return True
    known = [t.value for t in (birth, year) if t and t.value and t.value.isdigit()]
    return len(known) == 2 and int(known[1]) - int(known[0]) <= _ADULT


def _ages(cell: FieldValue | None) -> Iterator[int]:
    """The age, and every number that was read in its place where it is not sure."""
    if cell is None:
        return
    texts = [cell.value or ""] if cell.value and cell.is_sure() else _texts(cell)
    for text in texts:
        yield from _numbers(text)


def _has_hint(record: Record) -> bool:
    policy = _policy()
    acts = [cell for row in _sections(record) for cell in row.values()]
    for cell in acts:
        doubtful = "" if cell.is_sure() else " ".join(_texts(cell)).translate(_LOOKALIKES)
        if policy.numbers & {n for t in (*_texts(cell), doubtful) for n in _numbers(t)}:
            return True
    if policy.numbers & {n for t in record.left_over.values() if not acts for n in _numbers(t)}:
        return True
    free = [t for name in _told_in(record.form) for t in _texts(record.fields.get(name))]
    told = _fold("\n".join([*free, *(t for c in acts for t in _texts(c)), *record.left_over.values()]))
    return policy.words.search(told) is not None


@cache
def _private(form: str) -> Mapping[tuple[str, str], str]:
    """(child table, field) -> how it is private, for the fields that are."""
    return {(t.child, c.name): c.private for t in form_tables(form).values() for c in t.columns if c.private}


@cache
def _told_in(form: str) -> tuple[str, ...]:
    """The free texts of a form, and what was done, which is told in words as well."""
    return (*(name for (child, name), how in _private(form).items() if how == "text" and not child), "action_taken")


def _is_open(record: Record, beside: Beside) -> bool:
    """Whether a case of which nobody knows the sections has complainants or victims in this record."""
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
    return frozenset(path for path, _ in record.cells() if _is_direct(record, path, beside, is_known=is_known))


def _is_direct(record: Record, path: str, beside: Beside, *, is_known: bool) -> bool:
    head, _, name = path.rpartition("].")
    child, _, index = head.partition("[")
    how = _private(record.form).get((child, name), "")
    if not how or not child:
        return bool(how) and is_known
    row = record.children[child][int(index)]
    person = row if child == "persons" else _person_of(record, row)
    if not is_known:
        return person is None or _role(person) in _INJURED
    if child != "persons" or how != "person":
        return True
    return _role(row) not in _ACCUSED or _is_child(record, row) or bool(_names(row) & beside.children)


def _person_of(record: Record, row: Row) -> Row | None:
    """The person to whom a row of another table belongs; None where it says none."""
    line, persons = row.get("person_line"), record.children.get("persons", ())
    number = (line.value or "") if line is not None else ""
    return persons[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(persons) else None


def _names(row: Row) -> frozenset[str]:
    """The names of a person as they are compared within a case: folded, in Latin letters too, and by their sounds."""
    said = [t for name, cell in row.items() if name in ("name", "alias", "alias_2", "alias_3") for t in _texts(cell)]
    plain = {" ".join(_words(spelled)) for t in said for spelled in (t, romanise(t))}
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


def _secrets(record: Record, paths: Iterable[str]) -> frozenset[str]:
    """What tells of the masked persons, folded: names and phones whole, and their words of three letters or more."""
    cells = dict(record.cells())
    masked = [cells[p] for p in paths if p.startswith("persons[") and _is_telling(record.form, p.rpartition(".")[2])]
    texts = [spelled for cell in masked for text in _texts(cell) for spelled in {text, romanise(text)}]
    wholes = {" ".join(_words(t)) for t in texts}
    parts = {w for t in texts for w in _words(t)}
    return frozenset(w for w in wholes | parts if len(w) >= 3 and w not in _policy().common)


@cache
def _is_telling(form: str, name: str) -> bool:
    """Whether a field of a person is a name, or a number by which they are reached."""
    table = next(t for t in form_tables(form).values() if t.child == "persons")
    column = table.column(name)
    return column is not None and (column.kind == "name" or name in ("phone", "mobile"))


def _words(text: str) -> Iterator[str]:
    """Words with their vowel signs, folded."""
    yield from filter(None, re.split(r"[\s,.;:/@()\[\]\"'\-_|]+", _fold(text)))


def _tells(text: str, secrets: frozenset[str]) -> bool:
    """Whether a masked name stands in a text; a word with a case ending counts, and a name of several words."""
    spaced = " " + " ".join(_words(text))
    return any(f" {secret}" in spaced for secret in secrets)


def _leaks(path: str, cell: FieldValue, secrets: frozenset[str]) -> bool:
    if path.startswith(("acts[", "convicted_acts[")) or path in _policy().never:
        return False
    return any(_tells(text, secrets) for text in _texts(cell))


def _mask_row(prefix: str, row: Row, cover: _Cover) -> Row:
    return {name: _mask(prefix + name, cell, cover) for name, cell in row.items()}


def _mask(path: str, cell: FieldValue, cover: _Cover) -> FieldValue:
    """The cell without what tells of a person; where only the raw text of an age or a role tells, its value stays."""
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
