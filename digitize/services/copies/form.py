"""IIF-I, item by item, as the prints of CAS have it: which box holds what. Nothing here draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digitize.services.copies.values import Values, is_hidden
from digitize.services.copies.words import Words
from mappers.record import Record, Row

_BNSS_FROM = "2024-07-01"
_ACCUSED = ("accused", "suspect")
_INFORMANT = ("complainant", "informant")


@dataclass(frozen=True, slots=True)
class Box:
    """A label and what stands under it. share: of its row's width."""

    label: str
    value: str = ""
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes beside each other."""

    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. columns: title and share of each. rows: texts of each."""

    columns: tuple[tuple[str, float], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """An item's number and title over what follows. is_main: the title of the whole form, of which the size is more."""

    text: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """Running text over the whole width."""

    text: str


Part = Box | Boxes | Grid | Heading | Story


class FirForm:
    """The parts of one FIR's form, in their order."""

    def __init__(self, record: Record, words: Words, values: Values) -> None:
        """record: of form iif1, as it may be shown."""
        self._record, self._words, self._values = record, words, values

    def parts(self) -> Iterator[Part]:
        """All of the form."""
        yield from self._title()
        yield from self._station()
        yield from self._acts()
        yield from self._times()
        yield from self._place()
        yield from self._informant()
        yield from self._accused()
        yield from self._things()
        yield from self._contents()
        yield from self._action()
        yield from self._features()
        yield from self._others()

    def number(self) -> str:
        """The FIR's number and year, as each page bears them."""
        return self._words.apart("/".join(filter(None, (self._show("fir_no"), self._show("year")))))

    def _show(self, name: str) -> str:
        return self._values.show(self._record.fields, name)

    def _time(self, name: str) -> str:
        return self._values.time(self._record.fields, name)

    def _label(self, name: str, item: str = "") -> str:
        return f"{item} {self._words.label(name)}".strip()

    def _box(self, item: str, label: str, value: str, share: float = 1.0) -> Box:
        return Box(self._label(f"fir.{label}", item), value, share)

    def _title(self) -> Iterator[Part]:
        yield Heading(self._words.label("fir.title"), is_main=True)
        day = self._record.value("fir_date") or self._record.value("year") or ""
        # The words of the law follow the day on which the FIR was registered.
        yield Heading(f"({self._words.label('fir.under_section', '173' if day >= _BNSS_FROM else '154')})", is_main=True)

    def _station(self) -> Iterator[Part]:
        when = " ".join(filter(None, (self._show("fir_date"), self._time("fir_time"))))
        part = f" ({self._show('fir_part')})" if self._show("fir_part") else ""
        yield Boxes((
            self._box("1.", "district", self._show("district"), 1.4), self._box("", "ps", self._show("police_station"), 1.4),
            self._box("", "year", self._show("year"), 0.7), self._box("", "no", self._show("fir_no") + part),
            self._box("", "datetime", when, 1.5),
        ))  # fmt: skip

    def _acts(self) -> Iterator[Part]:
        yield Heading(f"2. {self._words.label('fir.act')}, {self._words.label('fir.section')}")
        rows = [(r, self._child(r, "acts", "act"), self._child(r, "acts", "section")) for r in self._rows("acts")]
        columns = (self._sl(), (self._label("fir.act"), 4.0), (self._label("fir.section"), 2.0))
        yield self._table(columns, [texts for _, *texts in rows])
        if other := self._show("other_acts"):
            yield Story(other)

    def _sl(self) -> tuple[str, float]:
        return self._label("fir.sl"), 0.65

    def _table(self, columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[str]]) -> Grid:
        """A table with numbered rows; one empty row where there is none, as on paper."""
        numbered = [(self._values.number(str(at + 1)), *texts) for at, texts in enumerate(rows)]
        return Grid(tuple(columns), tuple(numbered) or (tuple("" for _ in columns),))

    def _rows(self, child: str) -> Sequence[Row]:
        return self._record.children.get(child, ())

    def _child(self, row: Row, child: str, name: str) -> str:
        return self._values.show(row, name, child)

    def _times(self) -> Iterator[Part]:
        yield Heading(self._label("fir.occ", "3. (a)"))
        yield Boxes((
            self._box("", "day", self._show("occurrence_day")), self._box("", "date_from", self._show("occurrence_from")),
            self._box("", "date_to", self._show("occurrence_to")),
        ))  # fmt: skip
        yield Boxes((
            self._box("", "time_period", self._show("occurrence_prahar")),
            self._box("", "time_from", self._time("occurrence_time_from")),
            self._box("", "time_to", self._time("occurrence_time_to")),
        ))  # fmt: skip
        received = " ".join(filter(None, (self._show("info_date"), self._time("info_time"))))
        diary = " ".join(filter(None, (self._show("gd_date"), self._time("gd_time"))))
        yield Boxes((
            self._box("(b)", "info_received", received, 1.3), self._box("(c)", "gd", self._show("gd_no"), 1.3),
            Box(f"{self._words.label('fir.date')}, {self._words.label('fir.time')}", diary), self._box("4.", "info_type", self._show("info_type"), 1.1),
        ))  # fmt: skip

    def _place(self) -> Iterator[Part]:
        yield Heading(self._label("fir.place", "5."))
        distance = self._show("place_distance_km")
        where = ", ".join(filter(None, (self._show("place_direction"), f"{distance} km" if distance else "")))
        yield Boxes((self._box("(a)", "distance", where, 2.0), self._box("", "beat", self._show("beat"))))
        yield Boxes((self._box("(b)", "address", self._show("place")),))
        yield Boxes((
            self._box("(c)", "outside_ps", self._show("outside_ps"), 2.0),
            self._box("", "district", ", ".join(filter(None, map(self._show, ("outside_district", "outside_state"))))),
        ))  # fmt: skip

    def _informant(self) -> Iterator[Part]:
        yield Heading(self._label("fir.complainant", "6."))
        persons = self._persons(_INFORMANT) or [({}, 0)]
        for person, line in persons:
            yield from self._one_informant(person, line)

    def _persons(self, roles: Sequence[str], *, others: bool = False) -> list[tuple[Row, int]]:
        """Persons with one of some roles, or with none of them, and which line of the record's persons each is."""
        found = []
        for line, row in enumerate(self._rows("persons"), 1):
            role = row["role"].value if "role" in row else ""
            if (role in roles) != others:
                found.append((row, line))
        return found

    def _one_informant(self, row: Row, line: int) -> Iterator[Part]:
        yield Boxes((
            self._box("(a)", "name", self._person(row, "name"), 1.5), self._box("(b)", "father", self._relative(row), 1.5),
            self._box("(c)", "dob", self._age(row)),
        ))  # fmt: skip
        papers = [p for p in self._rows("ids") if _line_of(p) in (line, 0)]
        passport = ", ".join(
            filter(None, (self._person(row, n) for n in ("passport_no", "passport_issued_on", "passport_issued_at")))
        )
        yield Boxes((
            self._box("(d)", "nationality", self._person(row, "nationality")),
            self._box("(e)", "uid", self._uid(row)), self._box("(f)", "passport", passport),
            self._box("(g)", "id_type", "\n".join(
                " ".join(filter(None, (self._child(p, "ids", "id_type"), self._child(p, "ids", "id_number")))) for p in papers
            )),
        ))  # fmt: skip
        occupation = self._person(row, "occupation") or self._person(row, "occupation_code")
        phone = ", ".join(dict.fromkeys(filter(None, (self._person(row, n) for n in ("phone", "mobile")))))
        yield Boxes((self._box("(h)", "occupation", occupation), self._box("(j)", "mobile", phone)))
        yield Boxes((self._box("(i)", "address", "\n".join(self._addresses(row, line))),))

    def _person(self, row: Row, name: str) -> str:
        return self._values.show(row, name, "persons")

    def _uid(self, row: Row) -> str:
        shown = self._person(row, "uid_last4")
        return shown if not shown or is_hidden(row["uid_last4"]) else f"XXXX XXXX {shown}"

    def _relative(self, row: Row) -> str:
        name, relation = self._person(row, "relative_name"), self._person(row, "relation")
        hides = "relation" in row and is_hidden(row["relation"])
        return f"{name} [{relation}]" if name and relation and not hides else name

    def _age(self, row: Row) -> str:
        born = self._person(row, "birth_date") or self._person(row, "birth_year")
        age = self._person(row, "age") or "-".join(filter(None, (self._person(row, n) for n in ("age_from", "age_to"))))
        years = f"{self._words.label('fir.age')}: {age}" if age else ""
        return "\n".join(filter(None, (born, years, self._person(row, "sex"))))

    def _addresses(self, row: Row, line: int) -> Iterator[str]:
        own = [a for a in self._rows("addresses") if line and _line_of(a) == line]
        for address in own:
            said = self._child(address, "addresses", "address") or ", ".join(
                filter(None, (self._child(address, "addresses", n) for n in (
                    "house", "street", "locality", "village_town", "tehsil", "address_police_station",
                    "address_district", "address_state", "pin",
                )))
            )  # fmt: skip
            kind = self._child(address, "addresses", "address_type")
            yield f"{kind}: {said}" if kind else said
        if not own and (said := self._person(row, "address")):
            yield said

    def _accused(self) -> Iterator[Part]:
        yield Heading(self._label("fir.accused", "7."))
        columns = (
            self._sl(), (self._label("fir.name"), 1.7), (self._label("fir.alias"), 1.1),
            (self._label("fir.relative"), 1.6), (self._label("fir.present_address"), 2.0),
        )  # fmt: skip
        yield self._table(columns, [self._accused_row(row, line) for row, line in self._persons(_ACCUSED)])
        if more := self._show("more_accused"):
            yield Boxes((self._box("", "accused_more", more),))
        yield Boxes((self._box("8.", "delay", self._show("delay_reason")),))

    def _accused_row(self, row: Row, line: int) -> tuple[str, ...]:
        status = self._person(row, "status")
        name = " ".join(filter(None, (self._person(row, "name"), f"[{status}]" if status else "")))
        return name, self._person(row, "alias"), self._relative(row), "\n".join(self._addresses(row, line))

    def _things(self) -> Iterator[Part]:
        yield Heading(self._label("fir.property", "9."))
        columns = (
            self._sl(), (self._label("fir.property_category"), 1.3), (self._label("fir.property_type"), 1.2),
            (self._label("fir.description"), 2.6), (self._label("fir.value"), 1.0),
        )  # fmt: skip
        names = ("category", "property_type", "description", "value")
        yield self._table(columns, [[self._child(r, "property", n) for n in names] for r in self._rows("property")])
        vehicles = ("vehicle_type", "make", "model", "colour", "registration_no", "chassis_no", "engine_no")
        if rows := self._rows("vehicles"):
            said = [", ".join(filter(None, (self._child(r, "vehicles", n) for n in vehicles))) for r in rows]
            yield Grid((self._sl(), (self._words.word("vehicles"), 6.0)), self._table((), [[s] for s in said]).rows)
        yield Boxes((
            self._box("10.", "total_value", self._show("property_value")),
            self._box("11.", "inquest", self._show("ud_case_no")),
        ))  # fmt: skip

    def _contents(self) -> Iterator[Part]:
        yield Heading(self._label("fir.contents", "12."))
        yield Story(self._show("narrative"))

    def _action(self) -> Iterator[Part]:
        yield Heading(self._label("fir.action", "13."))
        if done := self._taken():
            yield Story(done)
        to = ", ".join(filter(None, (self._show("transferred_ps"), self._show("transferred_district"))))
        yield Boxes((
            self._box("", "io", self._show("io_name"), 2.0), self._box("", "rank", self._show("io_rank")),
            self._box("", "number", self._show("io_no")),
        ))  # fmt: skip
        yield Boxes((self._box("", "refused", self._show("refused_reason")), self._box("", "transferred", to)))
        yield Boxes((
            self._box("14.", "signature", self._show("informant_signed"), 1.6),
            self._box("", "officer_signature", self._show("officer_name"), 1.6),
            self._box("", "rank", self._show("officer_rank")), self._box("", "number", self._show("officer_no"), 0.7),
        ))  # fmt: skip
        sent = " ".join(filter(None, (self._show("despatch_date"), self._time("despatch_time"))))
        yield Boxes((self._box("15.", "despatch", sent),))

    def _taken(self) -> str:
        """What was done, in the words that the form prints for it."""
        label = {"registered_investigation_taken_up": "fir.registered"}.get(self._record.value("action_taken") or "")
        return self._words.label(label) if label else self._show("action_taken")

    def _features(self) -> Iterator[Part]:
        seen = ("build", "height_cm", "complexion", "identification_marks", "hair", "eyes", "teeth", "scar", "mole", "tattoo")
        labels = dict(zip(seen, ("build", "height", "complexion", "idmarks", *seen[4:]), strict=True))
        accused = [(at, row) for at, (row, _) in enumerate(self._persons(_ACCUSED), 1)]
        told = [(at, row) for at, row in accused if any(self._person(row, n) for n in (*seen, "deformity", "habits"))]
        if told:
            yield Heading(self._words.word("features"))
        for at, row in told:
            boxes = [self._box("", labels[n], self._person(row, n)) for n in seen if self._person(row, n)]
            first = Box(self._label("fir.sl"), self._values.number(str(at)), 0.6)
            sex = self._box("", "sex", self._person(row, "sex"))
            for begin in range(0, len(boxes), 4):
                yield Boxes((*((first, sex) if begin == 0 else ()), *boxes[begin : begin + 4]))

    def _others(self) -> Iterator[Part]:
        rows = self._persons((*_INFORMANT, *_ACCUSED), others=True)
        if not rows:
            return
        yield Heading(self._words.word("others"))
        columns = (
            self._sl(), (self._label("fir.name"), 1.8), (self._label("fir.father"), 1.6), (self._label("fir.dob"), 1.1),
            (self._label("fir.address"), 2.0),
        )  # fmt: skip
        yield self._table(columns, [self._other_row(row, line) for row, line in rows])

    def _other_row(self, row: Row, line: int) -> tuple[str, ...]:
        role = row["role"].value if "role" in row else ""
        known = f"role_{role}" in ("role_victim", "role_witness")
        said = self._words.word(f"role_{role}") if known else self._person(row, "role")
        name = " ".join(filter(None, (self._person(row, "name"), f"[{said}]" if said else "")))
        return name, self._relative(row), self._age(row), "\n".join(self._addresses(row, line))


def _line_of(row: Row) -> int:
    cell = row.get("person_line")
    return int(cell.value) if cell is not None and (cell.value or "").isdigit() else 0
