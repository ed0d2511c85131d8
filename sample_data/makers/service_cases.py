"""Invented missing persons and unidentified bodies, described by two stations that do not know of each other.

What is true of somebody is drawn once; a report tells some of it in the words and language of one station, and the
inquest on the body some of it in those of another, each with slips of its own. The words stand in services_words.toml,
names come from search_people.py. Nothing of the product's lists or weights is in it.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sample_data.makers.persons import slip
from sample_data.makers.search_people import SCRIPTS, World

WORDS: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "service_cases_words.toml").read_text(encoding="utf-8")
)
KINDS = ("scar", "scar", "scar", "mole", "mole", "mole", "burn", "tattoo", "birthmark")
PARTS = ("forehead", "cheek", "chin", "neck", "chest", "back", "abdomen", "hand", "hand", "arm", "arm", "leg", "leg")
SIDED = ("cheek", "hand", "arm", "leg", "forehead")
COLOURS = ("white", "white", "black", "black", "red", "blue", "blue", "green", "yellow", "brown", "grey", "pink")
MEN = ("shirt", "shirt", "pant", "pant", "lungi", "dhoti", "kurta", "banian", "sweater", "chappal")
WOMEN = ("sari", "sari", "blouse", "salwar", "salwar", "frock", "sweater", "chappal")
BUILDS = ("thin", "medium", "medium", "strong", "fat")
COMPLEXIONS = ("fair", "wheatish", "wheatish", "dark")
FIRST_DAY = date(2003, 1, 1)
DAYS = 3650


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one person. who: number of the name in the world. marks: kind, part, side; clothes: garment,
    colour; day: of the going missing.
    """

    who: int
    sex: str
    age: int
    height: int
    build: str
    complexion: str
    marks: tuple[tuple[str, str, str], ...]
    clothes: tuple[tuple[str, str], ...]
    day: date
    state: str
    district: int


class Cases:
    """So many reports and bodies; the first pairs of each are one person."""

    def __init__(self, reports: int, bodies: int, pairs: int, seed: int) -> None:
        """Draw them. pairs: how many persons stand in both; as many again in two reports, one of them traced."""
        self.die = random.Random(seed)
        self._named = max(200, min(20_000, reports))
        self.world, self._writer = World(self._named, seed), random.Random(seed + 1)
        self.pairs, self.size = pairs, reports
        self.reports: list[dict[str, Any]] = []
        self.bodies: list[dict[str, Any]] = []
        self.truths: list[Truth] = []
        for n in range(reports):
            truth = self._truth()
            if n < 3 * pairs:
                self.truths.append(truth)
            self.reports.append(self._report(f"m-{n:07}-r1", n, truth))
        for n in range(bodies):
            self.bodies.append(self._body(f"u-{n:07}-r1", n, self.truths[n] if n < pairs else self._truth()))
        for n in range(pairs, 2 * pairs):
            self.reports.append(self._traced(f"t-{n:07}-r1", reports + n, self.truths[n]))

    def _truth(self) -> Truth:
        die = self.die
        sex = die.choice(("male", "male", "female", "female", "female"))
        age = die.choice((die.randint(4, 14), die.randint(13, 22), die.randint(16, 35), die.randint(30, 75)))
        full = die.gauss(165, 7) if sex == "male" else die.gauss(152, 6)
        height = round(full if age >= 17 else full * (0.55 + 0.45 * age / 17))
        worn = MEN if sex == "male" else WOMEN
        return Truth(
            die.randrange(self._named), sex, age, height, die.choice(BUILDS), die.choice(COMPLEXIONS),
            tuple(self._mark() for _ in range(die.choice((0, 1, 1, 2, 2, 3)))),
            tuple((g, die.choice(COLOURS)) for g in dict.fromkeys(die.choices(worn, k=die.choice((2, 2, 3))))),
            FIRST_DAY + timedelta(days=die.randrange(DAYS)), die.choice(("wb", "wb", "wb", "or")), die.randrange(25),
        )  # fmt: skip

    def _mark(self) -> tuple[str, str, str]:
        part = self.die.choice(PARTS)
        return self.die.choice(KINDS), part, self.die.choice(("left", "right")) if part in SIDED else ""

    def _report(self, record: str, n: int, truth: Truth) -> dict[str, Any]:
        die, language = self.die, self._language(n)
        row = self._looks(truth, language, height=0.55, error=3.0, marks=0.75, clothes=0.75, colour=0.1)
        age = max(0, truth.age + (die.choice((-2, -1, 1, 2)) if die.random() < 0.25 else 0))
        return {
            **self._station("report_no", record, n, truth, truth.day), "missing_from_date": truth.day.isoformat(),
            "reported_date": (truth.day + timedelta(days=die.randrange(4))).isoformat(), "trace_status": "untraced",
            "row": {**row, "role": "missing", "age": str(age), "sex": truth.sex, **self._name(truth)},
        }  # fmt: skip

    def _traced(self, record: str, n: int, truth: Truth) -> dict[str, Any]:
        """Another report of the same person, at another station, closed when the person was found."""
        made = self._report(record, n, truth)
        found = truth.day + timedelta(days=self.die.randrange(1, 200))
        return {**made, "trace_status": "traced_alive", "traced_date": found.isoformat()}

    def _body(self, record: str, n: int, truth: Truth) -> dict[str, Any]:
        die = self.die
        gap = die.choice((die.randint(0, 3), die.randint(0, 3), die.randint(2, 15), die.randint(10, 90),
                          die.randint(60, 700)))  # fmt: skip
        day = truth.day + timedelta(days=gap)
        is_fresh = gap <= 20
        row = self._looks(truth, self._language(n + 7), height=0.8, error=2.0, marks=0.65 if is_fresh else 0.4,
                          clothes=0.8 if is_fresh else 0.35, colour=0.12)  # fmt: skip
        guess = max(1, round(die.gauss(truth.age, 1.5 + 0.09 * truth.age)))
        age = (
            {"age": str(guess)}
            if die.random() < 0.4
            else {
                "age_from": str(max(0, guess - 5 if guess > 12 else guess - 2)),
                "age_to": str(guess + 5 if guess > 12 else guess + 2),
            }
        )
        name = self._name(truth) if die.random() < 0.04 else {}
        sex = {} if die.random() < 0.03 else {"sex": truth.sex}
        moved = die.random()
        near = truth.district if moved < 0.6 else die.randrange(25)
        state = truth.state if moved < 0.85 else die.choice(("wb", "or"))
        return {
            **self._station("ud_no", record, n, truth, day, state=state, district=near),
            "found_date": day.isoformat(), "row": {**row, "role": "deceased", **age, **sex, **name},
        }  # fmt: skip

    def _language(self, n: int) -> str:
        return self.die.choice(list(WORDS))

    def _station(
        self, number: str, record: str, n: int, truth: Truth, day: date, *, state: str = "", district: int = -1
    ) -> dict[str, Any]:
        where = district if district >= 0 else truth.district
        return {
            "record_id": record, "state": state or truth.state, "district": f"District {where}",
            "police_station": f"Station {where}-{self.die.randrange(12)}", "year": str(day.year), number: str(n + 1),
        }  # fmt: skip

    def _name(self, truth: Truth) -> dict[str, str]:
        script = self.die.choice(SCRIPTS)
        made = {"name": self.world.name(truth.who, script, self._writer)}
        if self.die.random() < 0.8:
            made["relative_name"] = self.world.name(truth.who, script, self._writer, father=True)
        return made

    def _looks(
        self, truth: Truth, language: str, *, height: float, error: float, marks: float, clothes: float, colour: float
    ) -> dict[str, str]:
        """What one station writes of somebody. height, marks, clothes: how often each is told; error: cm."""
        die = self.die
        row: dict[str, str] = {}
        if die.random() < height:
            row["height_cm"] = str(max(40, round(die.gauss(truth.height, error))))
        for name, value, order in (("build", truth.build, BUILDS), ("complexion", truth.complexion, COMPLEXIONS)):
            if die.random() < 0.7:
                row[name] = die.choice(order) if die.random() < 0.25 else value
        told = [m for m in truth.marks if die.random() < marks]
        worn = [c for c in truth.clothes if die.random() < clothes]
        if told:
            row["identification_marks"] = self._joined([self.say_mark(m, language) for m in told], language)
        if worn:
            worn = [(g, die.choice(COLOURS) if die.random() < colour else c) for g, c in worn]
            row["clothes"] = self._joined([self.say_garment(g, language) for g in worn], language)
        return row

    def say_mark(self, mark: tuple[str, str, str], language: str) -> str:
        """A mark as somebody writes it; sides are left out, or the wrong one, now and then."""
        die, words = self.die, WORDS[language]
        kind, part, side = mark
        if side and die.random() < 0.1:
            side = "left" if side == "right" else "right"
        said = self._word(words, side) if side and die.random() < 0.75 else ""
        text = die.choice(words["mark"]).format(k=self._word(words, kind), p=self._word(words, part), s=said)
        return " ".join(text.split())

    def say_garment(self, garment: tuple[str, str], language: str) -> str:
        """A garment with its colour, or without it."""
        words = WORDS[language]
        what = self._word(words, garment[0])
        if self.die.random() < 0.15:
            return what
        return str(self.die.choice(words["dress"])).format(c=self._word(words, garment[1]), g=what)

    def _word(self, words: dict[str, Any], name: str) -> str:
        return str(self.die.choice(words[name].split("|")))

    def _joined(self, texts: Sequence[str], language: str) -> str:
        text = str(self.die.choice(WORDS[language]["join"])).join(texts)
        if self.die.random() < 0.2:
            parts = text.split(" ")
            at = self.die.choice([i for i, w in enumerate(parts) if len(w) >= 4] or [0])
            parts[at] = slip(parts[at], self.die)
            text = " ".join(parts)
        return text

    def asked(self, truth: Truth) -> dict[str, str]:
        """What a relative asks by who does not say the name: sex, age, days, marks and clothes, in any language."""
        die = self.die
        language = die.choice(list(WORDS))
        row = self._looks(truth, language, height=0.3, error=4.0, marks=0.9, clothes=0.8, colour=0.1)
        made = {"sex": truth.sex, "age": f"{max(0, truth.age - 2)}-{truth.age + 2}",
                "since": (truth.day - timedelta(days=15)).isoformat(),
                "until": (truth.day + timedelta(days=15)).isoformat()}  # fmt: skip
        names = {"identification_marks": "marks", "clothes": "clothes", "height_cm": "height"}
        return made | {names[n]: v for n, v in row.items() if n in names}

    def batches(self, at_once: int) -> Iterator[Any]:
        """All of it as batches of rows, as the product loads them."""
        import polars as pl

        from digitize.targets.rows import FormRows, RowBatch, with_hash
        from digitize.targets.value_checks import REFUSED

        for form, records in (("missing", self.reports), ("uidb", self.bodies)):
            for start in range(0, len(records), at_once):
                some = records[start : start + at_once]
                own = [{n: v for n, v in r.items() if n != "row"} for r in some]
                rows = [{"record_id": r["record_id"], "line": 1, **r["row"]} for r in some]
                persons = pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("line").cast(pl.Int32))
                tables = {form: pl.DataFrame(own, infer_schema_length=None), f"{form}_persons": persons}
                made = FormRows({**tables, form: with_hash(form, tables)}, pl.DataFrame(schema=REFUSED))
                name = f"{form} {start}"
                yield RowBatch(f"{start:030x}{form[:1].encode().hex()}", name, {form: made})
