"""Form files: what a printed layout is called, where its zones lie, and which lists decide them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ocr.errors import FormError
from ocr.forms.faults import load_model

Kind = Literal["line", "block", "digits", "decimal", "year", "date", "time", "sections", "choice"]


class Alternative(BaseModel):
    """One printed answer of which one is to be marked: struck out, ticked, or left standing.

    value: what it means when it is the answer. box: of its printed words; tick: of the empty box printed beside
    them, if there is one; in pixels of the reference frame. ink: what is printed there, as ocr/forms/marks.py writes
    it; without it strokes and rings are not seen.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: str = Field(min_length=1)
    box: tuple[int, int, int, int]
    tick: tuple[int, int, int, int] | None = None
    ink: str = ""


class Zone(BaseModel):
    """One rectangle on a form holding one answer; box in pixels of the reference frame (x0, y0, x1, y1).

    kind: the grammar its value follows. list: the closed list (handed in by the caller) that decides it. choices: for
    kind "choice", printed alternatives, one of which is ticked or left standing. printed: boxes of printed words inside
    the zone, which are painted over before anything is read. alternatives: where printed answers stand, which may lie
    outside the zone; ocr/forms/marks.py says which of them is marked. reach: how far writing runs on over the printed
    words beside the zone; an engine that tells handwriting from print is shown all of it. repeats: the zone whose value
    is written here once more; what is read here is weighed with that one and is no value of its own. often_blank: on
    most pages nothing stands there; then ink of the neighbouring items and left-over rules are no writing.
    label: the printed words that ask for it, with the heading above them ("Details of the vehicle: (a) Make").
    """

    # A misspelt key must not pass in silence.
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    box: tuple[int, int, int, int]
    kind: Kind = "line"
    languages: tuple[str, ...] = ()
    list: str | None = None
    handwriting: bool = False
    choices: tuple[str, ...] = ()
    printed: tuple[tuple[int, int, int, int], ...] = ()
    reach: tuple[int, int, int, int] | None = None
    alternatives: tuple[Alternative, ...] = ()
    repeats: str | None = None
    often_blank: bool = False
    label: str = ""

    @model_validator(mode="after")
    def _box_has_area(self) -> Zone:
        x0, y0, x1, y1 = self.box
        if not (0 <= x0 < x1 and 0 <= y0 < y1):
            raise ValueError(f"zone {self.id}: box must be left, top, right, bottom with an area")
        return self


class PrintedLabel(BaseModel):
    """A few printed words of a form and where they stand: box (x0, y0, x1, y1) in pixels of the reference frame.

    Where key points do not find a page's print, its printed words do (ocr/forms/by_labels.py).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1)
    box: tuple[int, int, int, int]


class Confidence(BaseModel):
    """Whether this print's confidence was measured, and the threshold from which a value may pass without a person.

    A print that was never calibrated never passes without a person. source says on what it was measured.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    calibrated: bool = False
    accept: float = Field(default=1.0, ge=0.0, le=1.0)
    source: str = "not calibrated"


class Agreement(BaseModel):
    """Zones that tell one day, or its year, so that each is weighed by what the others say (ocr/forms/agree.py).

    year: the zone of the year. number: one of a running number with that year behind it, as 12/2018. dates: zones of
    dates that are mostly the same day, in that year.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: str | None = None
    number: str | None = None
    dates: tuple[str, ...] = ()

    @property
    def zones(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(zone for zone in (self.year, self.number, *self.dates) if zone is not None)


class Form(BaseModel):
    """One print of a printed form. Prints that hold the same items share a family.

    width, height: the reference frame in pixels; zones lie in it. features: file of trained key points beside this
    one. languages: two-letter codes in order of preference. part: 1, or n for the page that continues part n-1.
    optional: a record may lack this part; repeats: it may have several pages of it. ties: zones that say which record a
    page belongs to: its number (kind digits), a day (kind date), and what is alike in many (year, place); by them the
    parts are tied. Prints of a family that are cut into pages otherwise need a family of their own. state:
    two small letters, where one state alone prints it, so that its places are looked up; "" for a form of all.
    per_volume: zones with one value on most pages of a volume, which metadata tells. agree: zones that tell one day.
    labels: printed words by which a page of a print that is not known is found to be this form. confirmed: false for a
    print that was drafted by the program until a person has looked at its zones; its values wait for review.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    family: str
    title: str
    languages: tuple[str, ...]
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    features: str
    # An affine map fits any three pairs of key points: only a fourth says something.
    min_inliers: int = Field(default=15, ge=4)
    part: int = Field(default=1, ge=1)
    optional: bool = False
    repeats: bool = False
    ties: tuple[str, ...] = ()
    state: str = ""
    source: str = ""
    per_volume: tuple[str, ...] = ()
    agree: tuple[Agreement, ...] = ()
    labels: tuple[PrintedLabel, ...] = ()
    confirmed: bool = True
    confidence: Confidence = Confidence()
    zones: tuple[Zone, ...] = Field(alias="zone")

    @model_validator(mode="after")
    def _zone_ids_are_unique(self) -> Form:
        ids = [z.id for z in self.zones]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"zone ids used twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _first_part_is_there_once(self) -> Form:
        if self.part == 1 and (self.optional or self.repeats):
            raise ValueError("part 1 begins a record: it is neither optional nor does it repeat")
        return self

    @model_validator(mode="after")
    def _what_is_repeated_is_there(self) -> Form:
        kinds = {z.id: z.kind for z in self.zones if z.repeats is None}
        wrong = [z.id for z in self.zones if z.repeats is not None and kinds.get(z.repeats) != z.kind]
        if wrong:
            raise ValueError(f"zones repeat no zone of their kind: {', '.join(wrong)}")
        return self

    @model_validator(mode="after")
    def _named_zones_are_there(self) -> Form:
        named = (*self.per_volume, *self.ties, *(zone for one in self.agree for zone in one.zones))
        missing = sorted({zone for zone in named if not self.has(zone)})
        if missing:
            raise ValueError(f"per_volume, ties or agree names zones that are not there: {', '.join(missing)}")
        return self

    def zone(self, zone_id: str) -> Zone:
        """The zone of that id. Raises KeyError when the form has none."""
        return next(z for z in self.zones if z.id == zone_id) if self.has(zone_id) else _missing(self.id, zone_id)

    def has(self, zone_id: str) -> bool:
        """Whether the form has a zone of that id."""
        return any(z.id == zone_id for z in self.zones)


def _missing(form_id: str, zone_id: str) -> Zone:
    raise KeyError(f"form {form_id} has no zone {zone_id}")


def load_form(path: Traversable) -> Form:
    """Read one form file.

    Raises FormError naming file and line when the file is not valid TOML or does not fit the model.
    """
    return load_model(path, Form)


def load_forms(folder: Traversable | None = None) -> Mapping[str, Form]:
    """All forms of a folder (the package's own by default) by id.

    Raises FormError when a file is wrong or two files give one id.
    """
    folder = folder or resources.files("ocr") / "forms"
    forms: dict[str, Form] = {}
    # Systems list a folder in different orders; the first of equally good forms must be the same on all.
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".toml"):
            continue
        form = load_form(path)
        if form.id in forms:
            raise FormError(f"{path.name}: form id {form.id} is used by another file")
        forms[form.id] = form
    return forms
