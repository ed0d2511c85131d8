"""Building parts of a form: boxes, tables, headings and running text. Nothing is drawn here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormBox:
    """A label and the text below it. share: of the row's width."""

    label: str
    value: str = ""
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class FormBoxes:
    """Boxes side by side."""

    boxes: tuple[FormBox, ...]


@dataclass(frozen=True, slots=True)
class FormGrid:
    """A table. columns: title and share of each. rows: texts of each."""

    columns: tuple[tuple[str, float], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class FormHeading:
    """Number and title of an item, above its content. is_main: title of the whole form, in a larger size."""

    text: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class FormStory:
    """Running text over the full width."""

    text: str


FormPart = FormBox | FormBoxes | FormGrid | FormHeading | FormStory
