"""What a form is laid out of: boxes, tables, headings and running text. Nothing here draws."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormBox:
    """A label and what stands under it. share: of its row's width."""

    label: str
    value: str = ""
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class FormBoxes:
    """Boxes beside each other."""

    boxes: tuple[FormBox, ...]


@dataclass(frozen=True, slots=True)
class FormGrid:
    """A table. columns: title and share of each. rows: texts of each."""

    columns: tuple[tuple[str, float], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class FormHeading:
    """An item's number and title over what follows. is_main: the title of the whole form, of which the size is more."""

    text: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class FormStory:
    """Running text over the whole width."""

    text: str


FormPart = FormBox | FormBoxes | FormGrid | FormHeading | FormStory
