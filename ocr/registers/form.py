"""Register files: which columns a ruled register has, what is printed above them, and which one starts a row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ocr.errors import FormError
from ocr.forms.faults import fault_at, load_model, read_toml_text
from ocr.forms.form import Confidence, Kind
from ocr.languages.language import known_languages
from ocr.languages.script import nfc

REGISTER_VERSION = "12"
"""Bump when rows, cells or their texts may be recognised otherwise than before: all register pages are read again."""
FOLDER = "registers"
"""Where, in a folder of form files, those of registers lie."""
_LABELS = "labels.toml"
_NAME = r"^[a-z][a-z0-9_]*$"


class RegisterColumn(BaseModel):
    """One column of a register.

    kind: the grammar of its cells. width: usual share of the row, in parts; what counts is their proportion. list: the
    closed list that decides its cells. labels: what else may be printed above it than languages say, by language.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=_NAME, description='id = "ID", in small Latin letters, digits and _')
    kind: Kind = "line"
    width: float = Field(default=10.0, gt=0.0)
    list: str | None = None
    handwriting: bool = True
    labels: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class RegisterForm(BaseModel):
    """One kind of register.

    titles: what may be printed above the table, by language, beside what the files of languages say. row_start: the
    column whose entry begins a row. spread_from: first column of the right-hand page; "" when a row stands on one page.
    days: the day of its entries stands above them, in no column.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=_NAME, description='id = "reg_NAME", in small Latin letters, digits and _')
    title: str = Field(description='title = "NAME", as people call the register')
    row_start: str = Field(description='row_start = "ID", the id of the column whose entry begins a row')
    spread_from: str = ""
    days: bool = False
    titles: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    confidence: Confidence = Confidence()
    columns: tuple[RegisterColumn, ...] = Field(
        alias="column", min_length=2, description='[[column]] with id = "ID" below it, for each column from the left'
    )

    @model_validator(mode="after")
    def _columns_fit(self) -> RegisterForm:
        ids = self.ids
        for number, name in enumerate(ids):
            if name in ids[:number]:
                first = f"column {ids.index(name) + 1}, counted from the left, has it, too"
                raise fault_at(("column", number, "id"), f'id = "{name}" is used twice ({first}); give another id here')
        for key, name in (("row_start", self.row_start), ("spread_from", self.spread_from or self.row_start)):
            if name not in ids:
                raise fault_at((key,), f'{key} = "{name}": there is no such column; write one of {", ".join(ids)}')
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        """Column ids from left to right."""
        return tuple(c.id for c in self.columns)

    @property
    def split(self) -> int:
        """Number of columns on the left-hand page of a spread, 0 for a register of one page."""
        return self.ids.index(self.spread_from) if self.spread_from else 0

    def column(self, column_id: str) -> RegisterColumn:
        """The column of that id. Raises KeyError when the register has none."""
        found = {c.id: c for c in self.columns}
        return found[column_id]


class Registers(BaseModel):
    """All known registers by id, and the labels printed above columns: column id -> language -> labels."""

    model_config = ConfigDict(frozen=True)

    forms: Mapping[str, RegisterForm]
    labels: Mapping[str, Mapping[str, tuple[str, ...]]]

    def labels_of(self, column: RegisterColumn, languages: Sequence[str] = ()) -> tuple[str, ...]:
        """What may be printed above a column, in some languages (all when none is named), without repetitions."""
        found: list[str] = []
        for source in (column.labels, self.labels.get(column.id, {})):
            found += [x for code, labels in source.items() if not languages or code in languages for x in labels]
        return tuple(dict.fromkeys(found))

    def find(self, form: str | None) -> RegisterForm | None:
        """The register of an id; None for none."""
        return self.forms.get(form or "")

    def key(self, form: str | None) -> str:
        """Hash of what recognising takes from one register, or from all of them when a page is of none; 32 hex digits.

        "" for a register that is not known any more.
        """
        wanted = [f for f in self.forms.values() if form in (None, f.id)]
        # Recognising takes nothing from these two: where they change, no page is read again.
        plain = [
            [f.model_dump(mode="json", exclude={"title", "confidence"}), self._labels_by_column(f)] for f in wanted
        ]
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:32] if plain else ""

    def rules_key(self, form: str | None) -> str:
        """Hash of what deciding takes from a register: the grammars and lists of its columns; 32 hex digits."""
        found = self.find(form)
        plain = [[c.id, c.kind, c.list] for c in found.columns] if found else []
        return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:32]

    def _labels_by_column(self, form: RegisterForm) -> list[tuple[str, ...]]:
        return [self.labels_of(c) for c in form.columns]


def package_registers() -> Registers:
    """The registers of the package."""
    return known_registers()


@lru_cache(maxsize=8)
def known_registers(folders: tuple[Path, ...] = ()) -> Registers:
    """The registers of the package and those in "registers" in further folders of forms, read once.

    Labels of a folder's labels.toml stand beside those in the files of languages. Raises FormError when a file is
    wrong, or two give one id.
    """
    known = _join_registers(load_registers(resources.files("ocr") / "forms" / FOLDER), _read_language_labels(), None)
    for folder in (f / FOLDER for f in folders):
        if folder.is_dir():
            known = _join_registers(known, load_registers(folder), folder)
    return known.model_copy(update={"forms": MappingProxyType({i: _add_titles(f) for i, f in known.forms.items()})})


def _read_language_labels() -> Registers:
    """What the files of languages say of labels above columns."""
    labels: dict[str, dict[str, tuple[str, ...]]] = {}
    for code, one in known_languages().items():
        for column, texts in one.registers.labels.items():
            # What engines read is NFC: a label typed otherwise would be like none of it.
            labels.setdefault(column, {})[code] = tuple(map(nfc, texts))
    return Registers(forms={}, labels=labels)


def _add_titles(form: RegisterForm) -> RegisterForm:
    """A register with the titles that its own file and those of languages say."""
    spoken = {code: one.registers.titles.get(form.id, ()) for code, one in known_languages().items()}
    every = {c: tuple(dict.fromkeys((*form.titles.get(c, ()), *spoken.get(c, ())))) for c in {**spoken, **form.titles}}
    titles = {code: texts for code, texts in every.items() if texts}
    return form.model_copy(update={"titles": titles})


def _join_registers(known: Registers, more: Registers, folder: Path | None) -> Registers:
    twice = sorted(known.forms.keys() & more.forms.keys())
    if twice:
        raise FormError(f"{folder}: register id {twice[0]} is used in another folder")
    labels = {column: dict(by_language) for column, by_language in known.labels.items()}
    for column, by_language in more.labels.items():
        own = labels.setdefault(column, {})
        for code, texts in by_language.items():
            own[code] = tuple(dict.fromkeys((*own.get(code, ()), *texts)))
    return Registers(forms=MappingProxyType({**known.forms, **more.forms}), labels=labels)


def load_register(path: Traversable) -> RegisterForm:
    """One register file. Raises FormError naming file and line, and what to write there."""
    return load_model(path, RegisterForm)


def load_registers(folder: Traversable) -> Registers:
    """All register files of a folder, and its labels.toml.

    Raises FormError naming file and key when one is not valid TOML, does not fit the model, or shares an id.
    """
    forms: dict[str, RegisterForm] = {}
    labels: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    # Systems list a folder in different orders.
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.name == _LABELS:
            labels = _labels(path)
        elif path.name.endswith(".toml"):
            form = load_register(path)
            if form.id in forms:
                raise FormError(f"{path.name}: register id {form.id} is used by another file")
            forms[form.id] = form
    return Registers(forms=MappingProxyType(forms), labels=labels)


def _labels(path: Traversable) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    _, raw = read_toml_text(path)
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for column, by_language in raw.items():
        if not isinstance(by_language, dict):
            raise FormError(f"{path.name}: {column}: must be a table of languages")
        found[column] = {code: tuple(nfc(str(x)) for x in texts) for code, texts in by_language.items()}
    return found
