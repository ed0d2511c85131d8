"""What is written in the columns of the sample registers: invented entries in the language of the page."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sample_data.phrases import Phrases, grouped

DITTO = {
    "en": ('"', "do", "-do-", "ditto"),
    "hi": ('"', "-do-", "तदैव", "यथोपरि", "ऐजन"),
    "bn": ('"', "ঐ", "do"),
    "ta": ('"', "மேற்படி", "-do-"),
}
"""How a writer says "the same as above"."""
_SEX = {"en": "MF", "hi": ("पु", "म"), "bn": ("পুং", "স্ত্রী"), "ta": ("ஆ", "பெ")}
_RESULTS = {
    "en": ("Convicted", "Acquitted", "Pending trial", "F.R. true"),
    "hi": ("सजा", "बरी", "विचाराधीन", "अं.रि."),
    "bn": ("সাজা", "খালাস", "বিচারাধীন"),
    "ta": ("தண்டனை", "விடுதலை", "நிலுவை"),
}
_RARE = frozenset({"remarks", "result", "recovered_value", "court_case_no", "traced_date", "returned", "disposal_date"})
_SOMETIMES = frozenset(
    {"weight", "alias", "beat", "arrest_dates", "cs_fr_date", "cs_fr_no", "release_date", "fp_class"}
)
_SAME_OFTEN = frozenset(
    {"fir_date", "sections", "place", "io", "officer", "address", "court", "location", "date", "year"}
)


@dataclass
class Clerk:
    """Writes entries one after the other, days running on; phrases: of the language."""

    language: str
    say: Phrases
    rng: random.Random
    day: date = date(1998, 1, 4)
    number: int = 0
    native: bool = True

    def row(self, columns: tuple[str, ...], serial: int) -> dict[str, str]:
        """The entry of one row by column; "" where nothing is written."""
        self.day += timedelta(days=self.rng.randrange(0, 6))
        self.number = self.number + 1 if self.number else self.rng.randrange(3, 160)
        texts = {c: self._text(c, serial) for c in columns}
        for column in columns:
            chance = 0.55 if column in _RARE else 0.25 if column in _SOMETIMES else 0.04
            if column not in ("sl", "entry_no", "fir_no") and column != columns[0] and self.rng.random() < chance:
                texts[column] = ""
        return texts

    def repeats(self, column: str) -> bool:
        """Whether a cell says the same as the one above by lot; more often where cells are often alike."""
        return self.rng.random() < (0.18 if column in _SAME_OFTEN else 0.03)

    def ditto(self) -> str:
        """One way to say so."""
        return self.rng.choice(DITTO[self.language])

    def note(self) -> str:
        """A word in the margin."""
        return self.rng.choice((self._date(), self.rng.choice(self.say.villages), "S.P.", self._figures("12/3")))

    def story(self, words: int) -> str:
        """So many words of an invented story."""
        said = self.rng.choice(self.say.offences).narrative.format(village=self.rng.choice(self.say.villages)).split()
        at = self.rng.randrange(max(1, len(said) - words))
        return " ".join(said[at : at + words])

    def _text(self, column: str, serial: int) -> str:
        rng = self.rng
        if column in ("sl", "entry_no"):
            return self._figures(str(serial))
        if column in ("fir_no", "cs_fr_no", "court_case_no", "fir_gd", "gd"):
            return self._figures(f"{self.number + rng.randrange(3)}/{self.day.year % 100:02d}")
        if column.endswith("date") or column in ("date", "arrest_dates", "date_time", "returned", "sent_to_fsl"):
            return self._date()
        if column in ("time", "info_time"):
            moment = datetime(2000, 1, 1, rng.randrange(24), rng.randrange(60))
            return self._figures(rng.choice(("{:%H:%M}", "{:%H.%M}")).format(moment))
        if column == "year":
            return self._figures(str(self.day.year))
        if column in ("age", "beat", "qty", "fp_class"):
            return self._figures(str(rng.randrange(1, 70) if column == "age" else rng.randrange(1, 9)))
        if column == "sex":
            return rng.choice(_SEX[self.language])
        if column in ("value", "property_value", "recovered_value"):
            return self._figures(grouped(rng.choice((250, 1200, 4500, 15000, 125000))) + "/-")
        if column == "sections":
            return self._figures(rng.choice(("379", "457/380", "323, 504", "302/34", "420", "498A", "25/27"))) + (
                " " + {"en": "IPC", "hi": "भादवि", "bn": "ভাঃদঃবিঃ", "ta": "இ.த.ச."}[self.language]
                if rng.random() < 0.6
                else ""
            )
        if column == "weight":
            return self._figures(f"{rng.randrange(1, 40)} gm") if self.language == "en" else self._figures("12")
        return self._words(column)

    def _words(self, column: str) -> str:
        rng, say = self.rng, self.say
        name = f"{rng.choice(say.first_men + say.first_women)} {rng.choice(say.last)}"
        if column in ("complainant", "accused", "informant", "from_whom", "suspected"):
            where = say.address.format(village=rng.choice(say.villages))
            return f"{name}, {where}" if rng.random() < 0.6 else name
        if column in ("name", "father", "missing_name", "relatives"):
            return name
        if column in ("io", "arrested_by", "officer", "sign", "entry_source"):
            return f"{rng.choice(tuple(say.ranks.values()))} {rng.choice(say.last)}"
        if column in ("place", "address", "residence", "arrest_place", "missing_place", "location", "court"):
            return say.place.format(spot=rng.choice(say.spots), village=rng.choice(say.villages))
        if column in ("description", "offence"):
            return rng.choice(say.things).description
        if column in ("result", "sentence", "court_order"):
            return rng.choice(_RESULTS[self.language])
        if column in ("particulars", "entry", "mo", "person_description", "action", "subject"):
            return self.story(
                rng.randrange(*{"particulars": (8, 22), "entry": (6, 16), "subject": (2, 4)}.get(column, (3, 7)))
            )
        return rng.choice(
            (rng.choice(say.occupations), self._figures(f"{rng.randrange(1, 90)}"), rng.choice(say.villages))
        )

    def _date(self) -> str:
        pattern = self.rng.choice(("{d}/{m}/{yy}", "{d:02}.{m:02}.{yy}", "{d}-{m}-{y}"))
        day = self.day - timedelta(days=self.rng.randrange(0, 4))
        return self._figures(pattern.format(d=day.day, m=day.month, y=day.year, yy=f"{day.year % 100:02d}"))

    def _figures(self, text: str) -> str:
        return self.say.digits_of(text) if self.native else text
