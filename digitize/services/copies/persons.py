"""Persons on a form: informant, accused with their features, and others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digitize.services.copies.parts import FormBox, FormBoxes, FormGrid, FormHeading, FormPart
from digitize.services.copies.values import CopyValues, is_hidden
from digitize.services.copies.words import CopyWords
from mappers.record import Record, Row


class FormFields:
    """The fields of one record in one language."""

    def __init__(self, record: Record, words: CopyWords, values: CopyValues) -> None:
        """record: of form iif1, as it may be shown."""
        self._record, self._words, self._values = record, words, values

    def show(self, name: str) -> str:
        """A field of the record in words."""
        return self._values.show(self._record.fields, name)

    def time(self, name: str) -> str:
        """A time of the record with the word behind it."""
        return self._values.time(self._record.fields, name)

    def label(self, name: str, item: str = "") -> str:
        """A label with the number of its item."""
        return f"{item} {self._words.label(name)}".strip()

    def box(self, item: str, label: str, value: str, share: float = 1.0) -> FormBox:
        """A box under a label of forms, such as "district"."""
        return FormBox(self.label(f"fir.{label}", item), value, share)

    def serials(self) -> tuple[str, float]:
        """The column of row numbers."""
        return self.label("fir.sl"), 0.65

    def table(self, columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[str]]) -> FormGrid:
        """A table with numbered rows; one empty row where there is none, as on paper."""
        numbered = [(self._values.number(str(at + 1)), *texts) for at, texts in enumerate(rows)]
        return FormGrid(tuple(columns), tuple(numbered) or (tuple("" for _ in columns),))

    def rows(self, child: str) -> Sequence[Row]:
        """The rows of a child table."""
        return self._record.children.get(child, ())

    def child(self, row: Row, child: str, name: str) -> str:
        """A field of a row of a child table in words."""
        return self._values.show(row, name, child)


_ACCUSED = ("accused", "suspect")
_INFORMANT = ("complainant", "informant")


class FormPersons(FormFields):
    """Persons of one record."""

    def informant(self) -> Iterator[FormPart]:
        """Item 6: complainants and informants."""
        yield FormHeading(self.label("fir.complainant", "6."))
        persons = self._persons(_INFORMANT) or [({}, 0)]
        for person, line in persons:
            yield from self._one_informant(person, line)

    def _persons(self, roles: Sequence[str], *, others: bool = False) -> list[tuple[Row, int]]:
        """Persons with one of some roles, or with none of them, and the line of each."""
        found = []
        for line, row in enumerate(self.rows("persons"), 1):
            role = row["role"].value if "role" in row else ""
            if (role in roles) != others:
                found.append((row, line))
        return found

    def _one_informant(self, row: Row, line: int) -> Iterator[FormPart]:
        yield FormBoxes((
            self.box("(a)", "name", self._person(row, "name"), 1.5),
            self.box("(b)", "father", self._relative(row), 1.5),
            self.box("(c)", "dob", self._age(row)),
        ))  # fmt: skip
        passport = ", ".join(
            filter(None, (self._person(row, n) for n in ("passport_no", "passport_issued_on", "passport_issued_at")))
        )
        yield FormBoxes((
            self.box("(d)", "nationality", self._person(row, "nationality")),
            self.box("(e)", "uid", self._uid(row)), self.box("(f)", "passport", passport),
            self.box("(g)", "id_type", self._papers(line)),
        ))  # fmt: skip
        occupation = self._person(row, "occupation") or self._person(row, "occupation_code")
        phone = ", ".join(dict.fromkeys(filter(None, (self._person(row, n) for n in ("phone", "mobile")))))
        yield FormBoxes((self.box("(h)", "occupation", occupation), self.box("(j)", "mobile", phone)))
        yield FormBoxes((self.box("(i)", "address", "\n".join(self._addresses(row, line))),))

    def _papers(self, line: int) -> str:
        papers = (p for p in self.rows("ids") if line and _line_of(p) == line)
        shown = ((self.child(p, "ids", "id_type"), self.child(p, "ids", "id_number")) for p in papers)
        return "\n".join(" ".join(filter(None, paper)) for paper in shown)

    def _person(self, row: Row, name: str) -> str:
        return self._values.show(row, name, "persons")

    def _uid(self, row: Row) -> str:
        shown = self._person(row, "uid_last4")
        return shown if not shown or is_hidden(row["uid_last4"]) else f"XXXX XXXX {shown}"

    def _relative(self, row: Row) -> str:
        name, relation = self._person(row, "relative_name"), self._person(row, "relation")
        hides = "relation" in row and is_hidden(row["relation"])
        return self._values.put_beside(name, f"[{relation}]" if name and relation and not hides else "")

    def _age(self, row: Row) -> str:
        born = self._person(row, "birth_date") or self._person(row, "birth_year")
        age = self._person(row, "age") or "-".join(filter(None, (self._person(row, n) for n in ("age_from", "age_to"))))
        years = f"{self._words.label('fir.age')}: {age}" if age else ""
        return "\n".join(filter(None, (born, years, self._person(row, "sex"))))

    def _addresses(self, row: Row, line: int) -> Iterator[str]:
        own = [a for a in self.rows("addresses") if line and _line_of(a) == line]
        for address in own:
            said = self.child(address, "addresses", "address") or ", ".join(
                filter(None, (self.child(address, "addresses", n) for n in (
                    "house", "street", "locality", "village_town", "tehsil", "address_police_station",
                    "address_district", "address_state", "pin",
                )))
            )  # fmt: skip
            kind = self.child(address, "addresses", "address_type")
            yield f"{kind}: {said}" if kind else said
        if not own and (said := self._person(row, "address")):
            yield said

    def accused_parts(self) -> Iterator[FormPart]:
        """Items 7 and 8: the accused, and the reason for a delayed report."""
        yield FormHeading(self.label("fir.accused", "7."))
        columns = (
            self.serials(), (self.label("fir.name"), 1.7), (self.label("fir.alias"), 1.1),
            (self.label("fir.relative"), 1.6), (self.label("fir.present_address"), 2.0),
        )  # fmt: skip
        yield self.table(columns, [self._accused_row(row, line) for row, line in self._persons(_ACCUSED)])
        if more := self.show("more_accused"):
            yield FormBoxes((self.box("", "accused_more", more),))
        yield FormBoxes((self.box("8.", "delay", self.show("delay_reason")),))

    def _accused_row(self, row: Row, line: int) -> tuple[str, ...]:
        status = self._person(row, "status")
        return (
            self._values.put_beside(self._person(row, "name"), f"[{status}]" if status else ""),
            self._person(row, "alias"),
            self._relative(row),
            "\n".join(self._addresses(row, line)),
        )

    def features(self) -> Iterator[FormPart]:
        """The attachment to item 7."""
        seen = (
            "build",
            "height_cm",
            "complexion",
            "identification_marks",
            "hair",
            "eyes",
            "teeth",
            "scar",
            "mole",
            "tattoo",
        )
        labels = dict(zip(seen, ("build", "height", "complexion", "idmarks", *seen[4:]), strict=True))
        accused = [(at, row) for at, (row, _) in enumerate(self._persons(_ACCUSED), 1)]
        told = [(at, row) for at, row in accused if any(self._person(row, n) for n in (*seen, "deformity", "habits"))]
        if told:
            yield FormHeading(self._words.word("features"))
        for at, row in told:
            boxes = [self.box("", labels[n], self._person(row, n)) for n in seen if self._person(row, n)]
            first = FormBox(self.label("fir.sl"), self._values.number(str(at)), 0.6)
            sex = self.box("", "sex", self._person(row, "sex"))
            for begin in range(0, len(boxes), 4):
                yield FormBoxes((*((first, sex) if begin == 0 else ()), *boxes[begin : begin + 4]))

    def lay_out_others(self) -> Iterator[FormPart]:
        """Persons of the record for whom the form has no item."""
        rows = self._persons((*_INFORMANT, *_ACCUSED), others=True)
        if not rows:
            return
        yield FormHeading(self._words.word("others"))
        columns = (
            self.serials(), (self.label("fir.name"), 1.8), (self.label("fir.father"), 1.6),
            (self.label("fir.dob"), 1.1), (self.label("fir.address"), 2.0),
        )  # fmt: skip
        yield self.table(columns, [self._other_row(row, line) for row, line in rows])

    def _other_row(self, row: Row, line: int) -> tuple[str, ...]:
        role = row["role"].value if "role" in row else ""
        known = f"role_{role}" in ("role_victim", "role_witness")
        said = self._words.word(f"role_{role}") if known else self._person(row, "role")
        return (
            self._values.put_beside(self._person(row, "name"), f"[{said}]" if said else ""),
            self._relative(row),
            self._age(row),
            "\n".join(self._addresses(row, line)),
        )


def _line_of(row: Row) -> int:
    cell = row.get("person_line")
    said = (cell.value or "") if cell is not None else ""
    return int(said) if said.isdigit() else 0
