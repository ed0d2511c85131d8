"""Invents FIRs: what is written in each zone of a form, and what it means as a record."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sample_data.phrases import Offence, Phrases, grouped

Values = dict[str, str]
Rows = list[dict[str, str]]
_OWNERS = {"p": "complainant", "a": "accused", "s": "seized_from", "b": "shown_by"}
"""What stands before "__" in the name of a field -> the person whose it is."""
_ROLES = {"accused": "accused", "victims": "victim", "suspects": "suspect", "witnesses": "witness", "panches": "panch"}
"""Zone of a list of persons -> their role."""
PHONE = "9999999999"
"""The only telephone number on the samples, plainly a stand-in."""


@dataclass(frozen=True)
class Book:
    """A volume of FIRs: language of the hand, form family, station and year; label is the volume's."""

    label: str
    language: str
    family: str
    station: str
    district: str
    year: int


@dataclass(frozen=True)
class Ask:
    """What one FIR is to be like.

    number: of the FIR. offence: its id in the phrases. first: earliest day of the occurrence. days: from occurrence
    to report. style: which of the language's ways to write dates and times. saka: the day of the FIR as a Saka day
    and month. backwards: the FIR is dated before the occurrence, which is wrong.
    """

    number: int
    offence: str
    day: date
    days: int = 0
    style: int = 0
    woman: bool = False
    unknown: bool = False
    aliased: bool = False
    saka: tuple[int, int, int] | None = None
    backwards: bool = False


@dataclass
class Case:
    """One FIR. values: text of each zone. means: canonical field values by zone. rows: child rows by zone.

    Lives while it is being invented, then is only read.
    """

    values: Values = field(default_factory=dict)
    means: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=dict)

    def put(self, zone: str, text: str, **means: str) -> None:
        """Write a zone and say which fields of the record it gives."""
        self.values[zone] = text
        self.means[zone] = means

    def record(self, zones: Sequence[str]) -> dict[str, object]:
        """The record that a form with these zones gives: fields, and the rows acts, persons, property."""
        fields: dict[str, object] = {}
        people = {owner: {"role": role} for owner, role in _OWNERS.items()}
        for zone in zones:
            for name, value in self.means.get(zone, {}).items():
                owner, _, part = name.rpartition("__")
                (people[owner] if owner else fields)[part] = value
        listed = [{"role": role, **row} for zone, role in _ROLES.items() for row in self._rows(zone, zones)]
        fields["acts"] = self._rows("statutes", zones)
        fields["persons"] = [*(person for person in people.values() if len(person) > 1), *listed]
        fields["property"] = self._rows("property", zones)
        return fields

    def take_share(self, at: int, of: int) -> Case:
        """The case as one page of several tells it: the at-th of so many, from 1, has its share of lists and story."""
        values, rows = dict(self.values), dict(self.rows)
        for zone in ("accused", "property", "narrative"):
            lines, own = values.get(zone, "").split("\n"), rows.get(zone, [])
            values[zone] = "\n".join(lines[_share(len(lines), at, of)])
            rows[zone] = own[_share(len(own), at, of)]
        return Case(values, self.means, rows)

    def _rows(self, zone: str, zones: Sequence[str]) -> Rows:
        return self.rows.get(zone, []) if zone in zones else []


def _share(count: int, at: int, of: int) -> slice:
    each = -(-count // of)
    return slice((at - 1) * each, at * each)


def invent(book: Book, ask: Ask, phrases: Phrases, rng: random.Random) -> Case:
    """One FIR of a book. The same arguments and state of rng give the same FIR."""
    return _Maker(book, ask, phrases, rng).case()


@dataclass(frozen=True)
class _Moments:
    """When things happened."""

    began: datetime
    ended: datetime
    heard: datetime
    entered: datetime
    filed: datetime
    sent: datetime


class _Maker:
    """Writes one FIR, item by item; lives for one call of invent."""

    def __init__(self, book: Book, ask: Ask, phrases: Phrases, rng: random.Random) -> None:
        self._book = book
        self._ask = ask
        self._say = phrases
        self._rng = rng
        self._case = Case()
        self._offence: Offence = phrases.offence(ask.offence)
        self._when = _moments(ask, rng)
        self._village = rng.choice(phrases.villages)

    def case(self) -> Case:
        self._head()
        self._occurrence()
        self._place()
        self._complainant()
        self._accused()
        self._property()
        self._rest()
        return self._case

    def _date(self, moment: datetime) -> str:
        return self._say.date(moment.date(), self._say.dates[self._ask.style % len(self._say.dates)])

    def _time(self, moment: datetime) -> str:
        return self._say.time(moment, self._say.times[self._ask.style % len(self._say.times)])

    def _digits(self, text: str) -> str:
        return self._say.digits_of(text)

    def _name(self, *, woman: bool = False) -> str:
        first = self._say.first_women if woman else self._say.first_men
        return f"{self._rng.choice(first)} {self._rng.choice(self._say.last)}"

    def _moment(self, zone: str, moment: datetime) -> None:
        """Write date and time of zones such as "fir": fir_date and fir_time."""
        self._case.put(f"{zone}_date", self._date(moment), **{f"{zone}_date": f"{moment:%Y-%m-%d}"})
        self._case.put(f"{zone}_time", self._time(moment), **{f"{zone}_time": f"{moment:%H:%M}"})

    def _head(self) -> None:
        book, put = self._book, self._case.put
        put("district", self._say.districts[book.district], district=book.district)
        put("police_station", self._say.stations[book.station], police_station=book.station)
        put("year", self._digits(str(book.year)), year=str(book.year))
        put("fir_no", self._digits(str(self._ask.number)), fir_no=str(self._ask.number))
        self._moment("fir", self._when.filed)
        if self._ask.saka:
            day, month, year = self._ask.saka
            text = self._digits(f"{self._say.saka_months[month - 1]} {day}, {year}")
            put("fir_date", text, fir_date=f"{self._when.filed:%Y-%m-%d}")
        put("statutes", self._offence.written)
        acts = [{"act": a, "section": s, "act_is_inferred": "no"} for a, s in self._offence.acts]
        self._case.rows["statutes"] = acts

    def _occurrence(self) -> None:
        put, when = self._case.put, self._when
        names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        weekday = when.began.weekday()
        put("occurrence_day", self._say.weekdays[weekday], occurrence_day=names[weekday])
        for zone, moment in (("from", when.began), ("to", when.ended)):
            day, hour = f"occurrence_{zone}", f"occurrence_time_{zone}"
            put(day, self._date(moment), **{day: f"{moment:%Y-%m-%d}"})
            put(hour, self._time(moment), **{hour: f"{moment:%H:%M}"})
        self._moment("info", when.heard)
        self._moment("gd", when.entered)
        number = str(self._rng.randrange(101, 1900))
        put("gd_no", self._digits(self._rng.choice(self._say.gd).format(n=number)), gd_no=number)
        kind = self._rng.choice(("written", "written", "oral"))
        put("info_type", self._say.info_types[kind], info_type=kind)  # type: ignore[index]

    def _place(self) -> None:
        km = self._rng.choice(("1", "2", "3", "1.5", "4"))
        direction = self._rng.choice(tuple(self._say.directions))
        text = self._digits(self._say.distance.format(km=km, direction=self._say.directions[direction]))
        self._case.put("place_direction_distance", text, place_direction=direction, place_distance_km=km)
        place = self._say.place.format(spot=self._rng.choice(self._say.spots), village=self._village)
        self._case.put("place_address", place, place=place)

    def _complainant(self) -> None:
        put, rng, say = self._case.put, self._rng, self._say
        name, relative = self._name(woman=self._ask.woman), self._name()
        if self._book.family == "wbp_27":
            text = f"{name} S/o {relative}" if not self._ask.woman else f"{name} W/o {relative}"
            relation = "husband" if self._ask.woman else "father"
            means = {"p__name": name, "p__relation": relation, "p__relative_name": relative}
            put("complainant_name", text, **means)
            return
        put("complainant_name", name, p__name=name)
        if self._ask.woman:
            text = say.husband.format(name=relative)
            put("complainant_relative", text, p__relation="husband", p__relative_name=relative)
        else:
            put("complainant_relative", relative, p__relative_name=relative)
        age = str(rng.randrange(21, 68))
        put("complainant_age", self._digits(age), p__age=age)
        occupation = rng.choice(say.occupations)
        put("complainant_occupation", occupation, p__occupation=occupation)
        if rng.random() < 0.3:
            put("complainant_phone", PHONE, p__phone=PHONE)
        address = say.address.format(village=rng.choice(say.villages))
        put("complainant_address", address, p__address=address)

    def _accused(self) -> None:
        if self._ask.unknown:
            self._case.put("accused", self._say.unknown)
            self._case.rows["accused"] = [{"status": "unknown"}]
            return
        lines, rows = zip(*(self._one_accused(i) for i in range(1, self._rng.randrange(2, 4))), strict=True)
        self._case.put("accused", "\n".join(lines))
        self._case.rows["accused"] = list(rows)

    def _one_accused(self, number: int) -> tuple[str, dict[str, str]]:
        say = self._say
        parts = {"name": self._name(), "relative": self._name(), "village": self._village}
        row = {"name": parts["name"], "relation": "father", "relative_name": parts["relative"]}
        if "{village}" in say.named:
            row["address"] = self._village
        pattern = say.named
        if self._ask.aliased and number == 1:
            parts["alias"] = row["alias"] = self._rng.choice(say.aliases)
            pattern = say.alias
        return pattern.format(i=self._digits(str(number)), **parts), row

    def _property(self) -> None:
        if not self._offence.has_property:
            return
        say = self._say
        things = self._rng.sample(say.things, self._rng.randrange(1, 3))
        sums = [self._rng.randrange(3, 400) * 500 for _ in things]
        lines = [
            say.thing.format(description=t.description, value=self._digits(grouped(s)))
            for t, s in zip(things, sums, strict=True)
        ]
        self._case.put("property", "\n".join(lines))
        self._case.rows["property"] = [
            {"description": t.description, "value": str(s), "category": t.category}
            for t, s in zip(things, sums, strict=True)
        ]
        total = self._digits(say.money.format(value=grouped(sum(sums))))
        self._case.put("property_value", total, property_value=str(sum(sums)))

    def _rest(self) -> None:
        put, say, rng = self._case.put, self._say, self._rng
        if self._ask.days > 0:
            reason = rng.choice(say.delays)
            put("delay_reason", reason, delay_reason=reason)
        story = say.offence(self._ask.offence).narrative.format(village=self._village)
        put("narrative", story, narrative=story)
        put("action_taken", say.action, action_taken="registered_investigation_taken_up")
        for who in ("io", "officer"):
            name, rank = self._name(), rng.choice(("SI", "ASI") if who == "io" else ("SI", "PI"))
            put(f"{who}_name", name, **{f"{who}_name": name})
            put(f"{who}_rank", say.ranks[rank], **{f"{who}_rank": rank})
        sent = self._when.sent
        text = say.despatch.format(date=self._date(sent), time=self._time(sent))
        put("despatch", text, despatch_date=f"{sent:%Y-%m-%d}", despatch_time=f"{sent:%H:%M}")


def _moments(ask: Ask, rng: random.Random) -> _Moments:
    """Moments in the order of life: occurrence, report, diary entry, FIR, despatch."""
    began = datetime(ask.day.year, ask.day.month, ask.day.day, rng.randrange(8, 15), rng.choice((0, 10, 15, 30, 45)))
    ended = began + timedelta(minutes=rng.choice((15, 30, 60)))
    heard = began + timedelta(days=ask.days, hours=2 + rng.randrange(3), minutes=rng.choice((5, 20, 35)))
    entered = heard + timedelta(minutes=rng.choice((5, 10, 15)))
    filed = entered + timedelta(minutes=rng.choice((10, 20, 30)))
    sent = datetime(filed.year, filed.month, filed.day, 10, rng.choice((0, 30))) + timedelta(days=1)
    if ask.backwards:
        filed -= timedelta(days=ask.days + 9)
    return _Moments(began, ended, heard, entered, filed, sent)


def settle(case: Case, written: Mapping[str, str]) -> Case:
    """The case with line breaks as they were written; a story of several lines means its lines."""
    values = {**case.values, **written}
    means = {
        zone: {name: values[zone] if value == case.values.get(zone) else value for name, value in told.items()}
        for zone, told in case.means.items()
    }
    if written.get("narrative"):
        means["narrative"] = {"narrative": written["narrative"]}
    return Case(values, means, case.rows)
