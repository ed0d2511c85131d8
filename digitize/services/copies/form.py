"""IIF-I item by item, as CAS prints it: which box has which content. Nothing is drawn here."""

from __future__ import annotations

from collections.abc import Iterator

from digitize.services.copies.parts import FormBox, FormBoxes, FormGrid, FormHeading, FormPart, FormStory
from digitize.services.copies.persons import FormPersons

_BNSS_FROM = "2024-07-01"
_ACTIONS = {
    "registered_investigation_taken_up": "fir.registered", "directed_to_io": "fir.io",
    "refused_investigation": "fir.refused", "transferred_other_ps": "fir.transferred",
}  # fmt: skip
"""Action taken -> the words of the form for it."""


class FirForm(FormPersons):
    """Parts of one FIR's form, in order."""

    def parts(self) -> Iterator[FormPart]:
        """The whole form."""
        yield from self._title()
        yield from self._station()
        yield from self._acts()
        yield from self._times()
        yield from self._place()
        yield from self.informant()
        yield from self.accused_parts()
        yield from self._things()
        yield from self._contents()
        yield from self._action()
        yield from self.features()
        yield from self.lay_out_others()

    def number(self) -> str:
        """Number and year of the FIR, as on each page."""
        return self._words.keep_together("/".join(filter(None, (self.show("fir_no"), self.show("year")))))

    def _title(self) -> Iterator[FormPart]:
        yield FormHeading(self._words.label("fir.title"), is_main=True)
        day = self._record.value("fir_date") or self._record.value("year") or ""
        # The words of the law follow the day on which the FIR was registered.
        yield FormHeading(
            f"({self._words.label('fir.under_section', '173' if day >= _BNSS_FROM else '154')})", is_main=True
        )

    def _station(self) -> Iterator[FormPart]:
        when = " ".join(filter(None, (self.show("fir_date"), self.time("fir_time"))))
        part = f" ({self.show('fir_part')})" if self.show("fir_part") else ""
        yield FormBoxes((
            self.box("1.", "district", self.show("district"), 1.4),
            self.box("", "ps", self.show("police_station"), 1.4),
            self.box("", "year", self.show("year"), 0.7), self.box("", "no", self.show("fir_no") + part),
            self.box("", "datetime", when, 1.5),
        ))  # fmt: skip

    def _acts(self) -> Iterator[FormPart]:
        yield FormHeading(f"2. {self._words.label('fir.act')}, {self._words.label('fir.section')}")
        rows = [(r, self.child(r, "acts", "act"), self.child(r, "acts", "section")) for r in self.rows("acts")]
        columns = (self.serials(), (self.label("fir.act"), 4.0), (self.label("fir.section"), 2.0))
        yield self.table(columns, [texts for _, *texts in rows])
        if other := self.show("other_acts"):
            yield FormStory(other)

    def _times(self) -> Iterator[FormPart]:
        yield FormHeading(self.label("fir.occ", "3. (a)"))
        yield FormBoxes((
            self.box("", "day", self.show("occurrence_day")), self.box("", "date_from", self.show("occurrence_from")),
            self.box("", "date_to", self.show("occurrence_to")),
        ))  # fmt: skip
        yield FormBoxes((
            self.box("", "time_period", self.show("occurrence_prahar")),
            self.box("", "time_from", self.time("occurrence_time_from")),
            self.box("", "time_to", self.time("occurrence_time_to")),
        ))  # fmt: skip
        received = " ".join(filter(None, (self.show("info_date"), self.time("info_time"))))
        diary = " ".join(filter(None, (self.show("gd_date"), self.time("gd_time"))))
        yield FormBoxes((
            self.box("(b)", "info_received", received, 1.3), self.box("(c)", "gd", self.show("gd_no"), 1.3),
            FormBox(f"{self._words.label('fir.date')}, {self._words.label('fir.time')}", diary),
            self.box("4.", "info_type", self.show("info_type"), 1.1),
        ))  # fmt: skip

    def _place(self) -> Iterator[FormPart]:
        yield FormHeading(self.label("fir.place", "5."))
        distance = self.show("place_distance_km")
        where = ", ".join(filter(None, (self.show("place_direction"), f"{distance} km" if distance else "")))
        yield FormBoxes((self.box("(a)", "distance", where, 2.0), self.box("", "beat", self.show("beat"))))
        yield FormBoxes((self.box("(b)", "address", self.show("place")),))
        yield FormBoxes((
            self.box("(c)", "outside_ps", self.show("outside_ps"), 2.0),
            self.box("", "district", ", ".join(filter(None, map(self.show, ("outside_district", "outside_state"))))),
        ))  # fmt: skip

    def _things(self) -> Iterator[FormPart]:
        yield FormHeading(self.label("fir.property", "9."))
        columns = (
            self.serials(), (self.label("fir.property_category"), 1.3), (self.label("fir.property_type"), 1.2),
            (self.label("fir.description"), 2.6), (self.label("fir.value"), 1.0),
        )  # fmt: skip
        names = ("category", "property_type", "description", "value")
        yield self.table(columns, [[self.child(r, "property", n) for n in names] for r in self.rows("property")])
        vehicles = ("vehicle_type", "make", "model", "colour", "registration_no", "chassis_no", "engine_no")
        if rows := self.rows("vehicles"):
            said = [", ".join(filter(None, (self.child(r, "vehicles", n) for n in vehicles))) for r in rows]
            yield FormGrid(
                (self.serials(), (self._words.word("vehicles"), 6.0)), self.table((), [[s] for s in said]).rows
            )
        yield FormBoxes((
            self.box("10.", "total_value", self.show("property_value")),
            self.box("11.", "inquest", self.show("ud_case_no")),
        ))  # fmt: skip

    def _contents(self) -> Iterator[FormPart]:
        yield FormHeading(self.label("fir.contents", "12."))
        yield FormStory(self.show("narrative"))

    def _action(self) -> Iterator[FormPart]:
        yield FormHeading(self.label("fir.action", "13."))
        if done := self._action_taken():
            yield FormStory(done)
        to = ", ".join(filter(None, (self.show("transferred_ps"), self.show("transferred_district"))))
        yield FormBoxes((
            self.box("", "io", self.show("io_name"), 2.0), self.box("", "rank", self.show("io_rank")),
            self.box("", "number", self.show("io_no")),
        ))  # fmt: skip
        yield FormBoxes((self.box("", "refused", self.show("refused_reason")), self.box("", "transferred", to)))
        yield FormBoxes((
            self.box("14.", "signature", self.show("informant_signed"), 1.6),
            self.box("", "officer_signature", self.show("officer_name"), 1.6),
            self.box("", "rank", self.show("officer_rank")), self.box("", "number", self.show("officer_no"), 0.7),
        ))  # fmt: skip
        sent = " ".join(filter(None, (self.show("despatch_date"), self.time("despatch_time"))))
        yield FormBoxes((self.box("15.", "despatch", sent),))

    def _action_taken(self) -> str:
        """Action taken, in the words that the form prints."""
        label = _ACTIONS.get(self._record.value("action_taken") or "")
        return self._words.label(label) if label else self.show("action_taken")
